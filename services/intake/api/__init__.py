"""HTTP API of intake: send a letter, follow it, make requests about it; and the duty desk."""

from fastapi import APIRouter

from services.intake.api import (
    counter,
    diversions,
    duty,
    letters,
    look_ups,
    notices,
    requests,
    reveals,
)

for _feature in (requests.router, reveals.router):
    letters.router.include_router(_feature)
router = APIRouter()
for _feature in (
    letters.router,
    look_ups.router,
    counter.router,
    diversions.router,
    duty.router,
    notices.router,
    reveals.lists,
):
    router.include_router(_feature)

__all__ = ["router"]
