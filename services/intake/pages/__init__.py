"""Pages of writers, of the duty desk, of identities, receipts, files, and the start page."""

from fastapi import APIRouter

from services.intake.pages import (
    counter,
    duty_pages,
    emergencies,
    files,
    leaving,
    look_up,
    my_documents,
    my_letters,
    my_requests,
    notice,
    offline,
    receipts,
    reveal_log,
    reveals,
    start,
    widget,
    writing,
    writing_files,
)
from services.intake.pages.duty_pages import PLACE
from services.intake.pages.leaving import LeftMiddleware
from services.intake.pages.start import WRITE, CitizenPages
from services.intake.pages.writing_files import UPLOADS

router = APIRouter(include_in_schema=False)
for desk in (
    counter,
    duty_pages,
    look_up,
    notice,
    reveal_log,
    reveals,
    files,
    my_letters,
    my_documents,
    receipts,
    my_requests,
    emergencies,
    offline,
    writing_files,
    writing,
    widget,
    leaving,
    start,
):
    router.include_router(desk.router)

FORMS = (
    *(PLACE, "/reveals", counter.HERE, look_up.HERE),
    *("/my", WRITE, receipts.RECEIPTS),
)
"""Paths below which pages accept forms."""

__all__ = ["FORMS", "UPLOADS", "CitizenPages", "LeftMiddleware", "router"]
