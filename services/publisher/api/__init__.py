"""What editors do with drafts, and what everyone may read as JSON."""

from services.publisher.api.desk import Desk
from services.publisher.api.routes import router

__all__ = ["Desk", "router"]
