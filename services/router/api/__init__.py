"""The back office over HTTP: lists and letters, what is decided of them, and public keys."""

from fastapi import APIRouter

from services.router.api import deciding, handling, keys, routes, search
from services.router.api.desk import Desk

router = APIRouter()
router.include_router(routes.router)
router.include_router(search.router)
router.include_router(deciding.router)
router.include_router(handling.router)
router.include_router(keys.router)

__all__ = ["Desk", "router"]
