"""The duty desk's pages, and the page at `/`. Citizens have none: a frontend shows them the API."""

from services.intake.pages.desk import DutyDesk
from services.intake.pages.duty_pages import router
from services.intake.pages.front import FRONT
from services.intake.pages.sign_in import PLACE

__all__ = ["FRONT", "PLACE", "DutyDesk", "router"]
