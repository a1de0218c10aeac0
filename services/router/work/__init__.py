"""The router's own work: what bureaus are told that no rule says, keys, and missing policies."""

from services.router.work.correcting import corrected
from services.router.work.keys import NewestLast, TellingAnew
from services.router.work.recounting import recount_all
from services.router.work.telling import show_all, tell_unreadable
from services.router.work.versions import MissingVersions

__all__ = [
    "MissingVersions",
    "NewestLast",
    "TellingAnew",
    "corrected",
    "recount_all",
    "show_all",
    "tell_unreadable",
]
