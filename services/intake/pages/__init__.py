"""Pages of the duty desk, of identities and their log, of receipts, and the page at `/`."""

from fastapi import APIRouter

from services.intake.pages import duty_pages, receipts, reveal_log, reveals
from services.intake.pages.duty_pages import PLACE
from services.intake.pages.front import FRONT

router = APIRouter(include_in_schema=False)
for desk in (duty_pages, reveal_log, reveals, receipts):
    router.include_router(desk.router)

FORMS = (PLACE, "/reveals", receipts.RECEIPTS)
"""Paths below which pages accept forms."""

__all__ = ["FORMS", "FRONT", "router"]
