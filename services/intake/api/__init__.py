"""HTTP API of intake: send a letter, follow it, make requests about it; files; the duty desk."""

from fastapi import APIRouter

from services.intake.api import (
    acceptance_notice,
    diversions,
    drafts,
    duty,
    file_access,
    files,
    letter_access,
    letters,
    personal_data,
    requests,
    reveals,
    similar_letters,
)

for _feature in (
    similar_letters.router,
    requests.router,
    letter_access.router,
    acceptance_notice.router,
    reveals.router,
):
    letters.router.include_router(_feature)
router = APIRouter()
for _feature in (
    letters.router,
    drafts.router,
    personal_data.router,
    files.router,
    file_access.router,
    diversions.router,
    duty.router,
    reveals.lists,
):
    router.include_router(_feature)

__all__ = ["router"]
