"""The router's own work: what bureaus are told that no rule says, and keys on their topic."""

from services.router.work.keys import NewestLast, TellingAnew
from services.router.work.telling import show_all, tell_unreadable

__all__ = ["NewestLast", "TellingAnew", "show_all", "tell_unreadable"]
