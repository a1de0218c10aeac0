"""Pages of writers, of the duty desk, of identities and their log, and the page at `/`."""

from fastapi import APIRouter

from services.intake.pages import (
    duty_pages,
    emergencies,
    my_letters,
    my_requests,
    reveal_log,
    reveals,
    widget,
    writing,
)
from services.intake.pages.duty_pages import PLACE
from services.intake.pages.start import WRITE, start_pages

router = APIRouter(include_in_schema=False)
for desk in (
    duty_pages,
    reveal_log,
    reveals,
    my_letters,
    my_requests,
    emergencies,
    writing,
    widget,
):
    router.include_router(desk.router)

FORMS = (PLACE, "/reveals", "/my", WRITE)
"""Paths below which pages accept forms."""

__all__ = ["FORMS", "router", "start_pages"]
