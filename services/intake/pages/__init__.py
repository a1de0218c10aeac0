"""Pages of writers, the duty desk, identities and their log, files, and the page at `/`."""

from fastapi import APIRouter

from services.intake.pages import (
    duty_pages,
    emergencies,
    files,
    my_letters,
    my_requests,
    reveal_log,
    reveals,
    start,
    widget,
    writing,
)
from services.intake.pages.duty_pages import PLACE
from services.intake.pages.start import WRITE, CitizenPages

router = APIRouter(include_in_schema=False)
for desk in (
    duty_pages,
    reveal_log,
    reveals,
    files,
    my_letters,
    my_requests,
    emergencies,
    writing,
    widget,
    start,
):
    router.include_router(desk.router)

FORMS = (PLACE, "/reveals", "/my", WRITE)
"""Paths below which pages accept forms."""

__all__ = ["FORMS", "CitizenPages", "router"]
