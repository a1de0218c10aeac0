"""What editors do with drafts and publications, and what everyone may read as JSON."""

from services.publisher.api import changes, publications
from services.publisher.api.desk import Desk
from services.publisher.api.drafts import router

for _part in (changes.router, publications.router):
    router.include_router(_part)

__all__ = ["Desk", "router"]
