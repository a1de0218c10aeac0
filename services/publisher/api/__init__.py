"""What editors do with drafts and publications, and what everyone may read as JSON."""

from services.publisher.api import changing, reading
from services.publisher.api.desk import Desk
from services.publisher.api.routes import router

for _part in (changing.router, reading.router):
    router.include_router(_part)

__all__ = ["Desk", "router"]
