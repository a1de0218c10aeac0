"""HTTP API of the notifier: running clocks and given-up messages, for supervisors."""

from fastapi import APIRouter

from services.notifier.api import given_up_messages, running_clocks

router = APIRouter()
for _feature in (given_up_messages.router, running_clocks.router):
    router.include_router(_feature)

__all__ = ["router"]
