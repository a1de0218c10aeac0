"""Pages of writers, of the duty desk, of identities, receipts, files, and the start page."""

from fastapi import APIRouter

from services.intake.pages import (
    duty_pages,
    emergencies,
    files,
    my_documents,
    my_letters,
    my_requests,
    receipts,
    reveal_log,
    reveals,
    start,
    widget,
    writing,
    writing_files,
)
from services.intake.pages.duty_pages import PLACE
from services.intake.pages.start import WRITE, CitizenPages
from services.intake.pages.writing_files import UPLOADS

router = APIRouter(include_in_schema=False)
for desk in (
    duty_pages,
    reveal_log,
    reveals,
    files,
    my_letters,
    my_documents,
    receipts,
    my_requests,
    emergencies,
    writing_files,
    writing,
    widget,
    start,
):
    router.include_router(desk.router)

FORMS = (PLACE, "/reveals", "/my", WRITE, receipts.RECEIPTS)
"""Paths below which pages accept forms."""

__all__ = ["FORMS", "UPLOADS", "CitizenPages", "router"]
