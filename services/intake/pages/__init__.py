"""Pages of writers, of the duty desk, of identities and their log, and the page at `/`."""

from fastapi import APIRouter

from services.intake.pages import (
    counter,
    duty_pages,
    emergencies,
    look_up,
    my_letters,
    my_requests,
    notice,
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
    counter,
    duty_pages,
    look_up,
    notice,
    reveal_log,
    reveals,
    my_letters,
    my_requests,
    emergencies,
    writing,
    widget,
    start,
):
    router.include_router(desk.router)

FORMS = (PLACE, "/reveals", counter.HERE, look_up.HERE, "/my", WRITE)
"""Paths below which pages accept forms."""

__all__ = ["FORMS", "CitizenPages", "router"]
