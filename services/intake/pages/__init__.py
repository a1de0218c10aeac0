"""The duty desk's pages. Citizens have none: the provincial web frontend shows the API's."""

from services.intake.pages.desk import DutyDesk
from services.intake.pages.duty import router
from services.intake.pages.signing_in import PLACE

__all__ = ["PLACE", "DutyDesk", "router"]
