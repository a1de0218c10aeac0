"""Pages of the duty desk and of the reveal log, and the page at `/`. Citizens use a frontend."""

from fastapi import APIRouter

from services.intake.pages import duty_pages, reveal_log
from services.intake.pages.duty_pages import PLACE
from services.intake.pages.front import FRONT

router = APIRouter(include_in_schema=False)
for desk in (duty_pages, reveal_log):
    router.include_router(desk.router)

__all__ = ["FRONT", "PLACE", "router"]
