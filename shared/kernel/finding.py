"""Which letters may a query find for somebody? The rule of `seeing`, as a store asks it. Pure."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shared.kernel.access_policy import FALLING, LetterAccess, Sight, kept_from, open_to
from shared.kernel.viewers import Viewer

MOST_KEPT: Final = 2_000
"""Answers for standings: letters are many, and most stand as others do."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """Which letters a query may find: those with any of one list of marks and none of another."""

    any_of: frozenset[str]
    """Of `open_marks`."""
    none_of: frozenset[str]
    """Of `kept_from`."""

    def lets(self, letter: LetterAccess) -> bool:
        """Whether the query may find this letter."""
        return bool(self.any_of & open_marks(letter)) and not self.none_of & kept_from(letter)


@lru_cache(MOST_KEPT)
def open_marks(letter: LetterAccess) -> frozenset[str]:
    """What a store keeps of the roles that the letter is open to, each as `<sight>/<role>`."""
    return frozenset(_mark(sight, role) for sight, role in open_to(letter))


@lru_cache(MOST_KEPT)
def open_in(letter: LetterAccess) -> frozenset[str]:
    """The bureaus, by slug, of whose seats any is among the roles that the letter is open to."""
    return frozenset(filter(None, (_bureau_of(role) for _, role in open_to(letter))))


def only_bureau(onlooker: Viewer) -> str | None:
    """The bureau without whose seats this person finds no letter: where all their roles are."""
    bureaus = {_bureau_of(role) for role in onlooker.seats}
    return bureaus.pop() if len(bureaus) == 1 else None


def restriction(onlooker: Viewer, *, least: Sight = "course") -> Restriction:
    """Which letters this person finds, if they are to see at least so much of them."""
    sights = FALLING[: FALLING.index(least) + 1]
    any_of = frozenset(_mark(sight, role) for sight in sights for role in onlooker.seats)
    return Restriction(any_of, onlooker.belongs_to)


def _mark(sight: Sight, role: str) -> str:
    return f"{sight}/{role}"


def _bureau_of(role: str) -> str | None:
    return role.split(":")[1] if role.startswith("bureau:") else None
