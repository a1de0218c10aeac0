"""HTTP API of intake: send a letter, follow it, make requests about it; files; the duty desk."""

from fastapi import APIRouter

from services.intake.api import (
    diversions,
    drafts,
    duty,
    file_access,
    files,
    letters,
    requests,
    reveals,
)

router = APIRouter()
for _feature in (
    letters.router,
    requests.router,
    reveals.router,
    files.router,
    file_access.router,
    drafts.router,
    diversions.router,
    duty.router,
    reveals.lists,
):
    # Routes of an included router are matched again at each level of inclusion.
    router.routes.extend(_feature.routes)

__all__ = ["router"]
