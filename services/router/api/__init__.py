"""The back office over HTTP: what waits in triage, sending it to a bureau, looking at a letter."""

from services.router.api.desk import Desk
from services.router.api.routes import router

__all__ = ["Desk", "router"]
