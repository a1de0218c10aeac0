"""HTTP API of intake: send a letter, follow it, make requests about it; and the duty desk."""

from fastapi import APIRouter

from services.intake.api import (
    counter,
    diversions,
    drafts,
    duty,
    files,
    letters,
    look_ups,
    notices,
    requests,
    reveals,
)

router = APIRouter()
for _feature in (
    letters.router,
    requests.router,
    reveals.router,
    files.router,
    drafts.router,
    look_ups.router,
    counter.router,
    diversions.router,
    duty.router,
    notices.router,
    reveals.lists,
):
    # Routes of an included router are matched again at each level of inclusion.
    router.routes.extend(_feature.routes)

__all__ = ["router"]
