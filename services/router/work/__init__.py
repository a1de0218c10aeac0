"""The router's own work: what bureaus are told that no rule says, and keys on their topic."""

from services.router.work.keys import NewestLast, TellingAnew
from services.router.work.recounting import recount_all
from services.router.work.telling import show_all, tell_unreadable

__all__ = ["NewestLast", "TellingAnew", "recount_all", "show_all", "tell_unreadable"]
