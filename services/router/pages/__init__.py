"""The router's pages: the desks of staff, and the page at the router's own address."""

from fastapi import APIRouter

from services.router.pages.front import FRONT

router = APIRouter(include_in_schema=False)

__all__ = ["FRONT", "router"]
