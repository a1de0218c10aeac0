"""The router's own work: what bureaus are told that no rule says, keys, words, and figures."""

from services.router.jobs.cataloguing import Cataloguing
from services.router.jobs.correcting import corrected
from services.router.jobs.keys import Announcing, NewestLast, TellingAnew
from services.router.jobs.open_letters import OpenLetters
from services.router.jobs.recounting import recount_all
from services.router.jobs.telling import show_all, tell_unreadable
from services.router.jobs.versions import MissingVersions

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
