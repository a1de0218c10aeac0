"""The router's pages: the desks of staff, and the page at the router's own address."""

from fastapi import APIRouter

from services.router.pages import reading_list, signing_folder, supervision, triage
from services.router.pages.front import FRONT

router = APIRouter(include_in_schema=False)
for desk in (triage, signing_folder, reading_list, supervision):
    router.include_router(desk.router)

__all__ = ["FRONT", "router"]
