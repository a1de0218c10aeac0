"""HTTP API of the publisher: drafts and publications for editors, and what everyone may read."""

from fastapi import APIRouter

from services.publisher.api import changes, daily_counts, drafts, editing, publications

router = APIRouter()
for _feature in (
    drafts.router,
    editing.router,
    changes.router,
    publications.router,
    daily_counts.router,
):
    router.include_router(_feature)

__all__ = ["router"]
