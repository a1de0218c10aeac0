"""The front desk over HTTP: send a letter, follow it, rate the reply, take it back."""

from services.intake.api.desk import Desk
from services.intake.api.routes import router

__all__ = ["Desk", "router"]
