"""Pages of the duty desk, of identities and their log, and the page at `/`."""

from fastapi import APIRouter

from services.intake.pages import counter, duty_pages, look_up, notice, reveal_log, reveals
from services.intake.pages.duty_pages import PLACE
from services.intake.pages.front import FRONT

router = APIRouter(include_in_schema=False)
for desk in (counter, duty_pages, look_up, notice, reveal_log, reveals):
    router.include_router(desk.router)

FORMS = (PLACE, "/reveals", counter.HERE, look_up.HERE)
"""Paths below which pages accept forms."""

__all__ = ["FORMS", "FRONT", "router"]
