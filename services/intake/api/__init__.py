"""The front desk over HTTP: send a letter, follow it, ask about it, change what is one's own."""

from services.intake.api import changes, requests, reveals
from services.intake.api.desk import Desk
from services.intake.api.routes import router

for _part in (requests.router, changes.router, reveals.router):
    router.include_router(_part)

__all__ = ["Desk", "router"]
