"""The router's own work: what bureaus are told that no rule says, keys, words, and figures."""

from services.router.work.cataloguing import Cataloguing
from services.router.work.correcting import corrected
from services.router.work.keys import Announcing, NewestLast, TellingAnew
from services.router.work.open_letters import OpenLetters
from services.router.work.recounting import recount_all
from services.router.work.telling import show_all, tell_unreadable
from services.router.work.versions import MissingVersions

__all__ = [
    "Announcing",
    "Cataloguing",
    "MissingVersions",
    "NewestLast",
    "OpenLetters",
    "TellingAnew",
    "corrected",
    "recount_all",
    "show_all",
    "tell_unreadable",
]
