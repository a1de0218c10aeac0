"""The router's pages: the desks of staff, and the page at the router's own address."""

from fastapi import APIRouter

from services.router.pages import (
    actions,
    audit,
    batches,
    claims,
    inbox,
    letters,
    reading_list,
    replies,
    signing_folder,
    supervision,
    triage,
)
from services.router.pages.frame import INBOX, PLACE
from services.router.pages.front import FRONT
from services.router.pages.reading_list import CHIEFS
from shared.web.language import N_
from shared.web.rendering import Entry

router = APIRouter(include_in_schema=False)
for desk in (
    batches,
    inbox,
    triage,
    signing_folder,
    reading_list,
    supervision,
    audit,
    claims,
    replies,
    letters,
    actions,  # after those that have a path of their own below a letter's
):
    router.include_router(desk.router)

ENTRIES = (
    Entry(triage.HERE, N_("Triage"), ("triage",)),
    Entry(INBOX, N_("Inbox"), ("bureau",)),
    Entry(signing_folder.HERE, N_("Signing folder"), (*CHIEFS, "supervisor")),
    Entry(reading_list.HERE, N_("Reading list"), CHIEFS),
    Entry(supervision.HERE, N_("Supervision"), ("supervisor", "director")),
    Entry(audit.HERE, N_("Audit"), ("auditor",)),
)
"""The desks in the masthead."""

__all__ = ["ENTRIES", "FRONT", "PLACE", "router"]
