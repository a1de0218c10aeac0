"""The back office over HTTP: lists and letters, search, decisions, handling and public keys."""

from fastapi import APIRouter

from services.router.api import decisions, handling, letters, lists, public_keys, search
from services.router.api.dependencies import RouterDesk

router = APIRouter()
for feature in (lists, letters, search, decisions, handling, public_keys):
    router.include_router(feature.router)

__all__ = ["RouterDesk", "router"]
