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
from services.router.pages.frame import PLACE
from services.router.pages.front import FRONT

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

__all__ = ["FRONT", "PLACE", "router"]
