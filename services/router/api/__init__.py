"""The back office over HTTP: triage, sending a letter to a bureau, looking at one, public keys."""

from fastapi import APIRouter

from services.router.api import keys, routes
from services.router.api.desk import Desk

router = APIRouter()
router.include_router(routes.router)
router.include_router(keys.router)

__all__ = ["Desk", "router"]
