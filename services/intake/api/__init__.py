"""The front desk over HTTP: send a letter, follow it, ask about it; and the duty desk."""

from fastapi import APIRouter

from services.intake.api import all_reveals, changes, diversions, duty, requests, reveals
from services.intake.api.dependencies import Desk
from services.intake.api.letters import router as letters

for _part in (requests.router, changes.router, reveals.router):
    letters.include_router(_part)
router = APIRouter()
for _part in (letters, diversions.router, duty.router, all_reveals.router):
    router.include_router(_part)

__all__ = ["Desk", "router"]
