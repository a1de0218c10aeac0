"""HTTP API of intake: send a letter, follow it, make requests about it; files; the duty desk."""

from fastapi import APIRouter

from services.intake.api import (
    acceptance_notice,
    counter,
    diversions,
    drafts,
    duty,
    erasure,
    file_access,
    files,
    letter_access,
    letters,
    look_ups,
    notices,
    personal_data,
    receipts,
    requests,
    reveals,
    similar_letters,
)

router = APIRouter()
for _feature in (
    similar_letters.router,
    letters.router,
    requests.router,
    erasure.router,
    letter_access.router,
    acceptance_notice.router,
    reveals.router,
    receipts.router,
    files.router,
    file_access.router,
    drafts.router,
    look_ups.router,
    counter.router,
    personal_data.router,
    diversions.router,
    duty.router,
    notices.router,
    reveals.lists,
    receipts.keys,
):
    # Routes of an included router are matched again at each level of inclusion.
    router.routes.extend(_feature.routes)

__all__ = ["router"]
