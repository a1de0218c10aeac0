"""Pages of the duty desk, and the page at `/`. Citizens use a frontend of the API."""

from services.intake.pages.duty_pages import ENTRY, PLACE, router
from services.intake.pages.front import FRONT

__all__ = ["ENTRY", "FRONT", "PLACE", "router"]
