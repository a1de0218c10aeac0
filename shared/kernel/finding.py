"""Query restrictions: the access policy in the form of marks that a store can filter by."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shared.kernel.access_policy import FALLING, LetterAccess, Sight, kept_from, open_to
from shared.kernel.viewers import Viewer

MOST_KEPT: Final = 2_000
"""Cached results by standing: many letters share the same standing."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """Which letters a query may find: those with any of one set of marks and none of another."""

    any_of: frozenset[str]
    """From `open_marks`."""
    none_of: frozenset[str]
    """From `kept_from`."""

    def lets(self, letter: LetterAccess) -> bool:
        """Whether the query may find this letter."""
        return bool(self.any_of & open_marks(letter)) and not self.none_of & kept_from(letter)


@lru_cache(MOST_KEPT)
def open_marks(letter: LetterAccess) -> frozenset[str]:
    """The stored marks of roles to which the letter is open, each as `<sight>/<role>`."""
    return frozenset(_mark(sight, role) for sight, role in open_to(letter))


@lru_cache(MOST_KEPT)
def open_in(letter: LetterAccess) -> frozenset[str]:
    """The bureaus, by slug, with a seat among the roles to which the letter is open."""
    return frozenset(filter(None, (_bureau_of(role) for _, role in open_to(letter))))


def only_bureau(viewer: Viewer) -> str | None:
    """The bureau that holds all of this viewer's roles, if it is only one."""
    bureaus = {_bureau_of(role) for role in viewer.seats}
    return bureaus.pop() if len(bureaus) == 1 else None


def restriction(viewer: Viewer, *, least: Sight = "course") -> Restriction:
    """The letters that this viewer finds if they must see at least `least` of them."""
    sights = FALLING[: FALLING.index(least) + 1]
    any_of = frozenset(_mark(sight, role) for sight in sights for role in viewer.seats)
    return Restriction(any_of, viewer.belongs_to)


def _mark(sight: Sight, role: str) -> str:
    return f"{sight}/{role}"


def _bureau_of(role: str) -> str | None:
    return role.split(":")[1] if role.startswith("bureau:") else None
