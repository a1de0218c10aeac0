"""Pages of the duty desk, and the page at `/`. Citizens use a frontend of the API."""

from services.intake.pages.duty_pages import router
from services.intake.pages.front import FRONT
from services.intake.pages.sign_in import PLACE

__all__ = ["FRONT", "PLACE", "router"]
