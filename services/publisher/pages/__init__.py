"""The publisher's pages: the public reading room, and the editors' desk."""

from typing import Final

from fastapi import APIRouter

from services.publisher.pages import (
    draft_decisions,
    draft_pages,
    editors_desk,
    publication_changes,
    reader_problems,
    reading_room,
)

FORMS: Final = (editors_desk.PLACE, reader_problems.PLACE)
"""Paths below which pages accept forms."""
router = APIRouter(include_in_schema=False)
for _pages in (
    reading_room,
    reader_problems,
    editors_desk,
    draft_pages,
    draft_decisions,
    publication_changes,
):
    router.include_router(_pages.router)

__all__ = ["FORMS", "router"]
