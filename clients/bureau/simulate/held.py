"""A simulated bureau's view of a letter: one frozen value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from clients.bureau.simulate.marks import Mark, Numbers
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category, PoliceType, State

Counted: TypeAlias = Literal["reply", "reopened_reply"]
"""The clocks of an answer."""


@dataclass(frozen=True, slots=True)
class BureauLetter:
    """A letter as its bureau sees it."""

    bureau: Bureau
    letter: str
    assignment: int
    state: State
    sequence: int
    """Number of the last event; later events with a lower number are outdated."""
    said_at: datetime
    """When the router last changed the state, in UTC."""
    category: Category
    police_type: PoliceType | None = None
    place: Bureau | None = None
    """The city of the matter, if the letter names one."""
    clock: Counted = "reply"
    words: str = ""
    """A digest of the letter's text: equal letters get equal draws, whatever their number."""
    replied_at: datetime | None = None
    """When the last reply was accepted."""
    is_english: bool = False
    is_by_hand: bool = False
    is_closed: bool = False
    """Whether its words couldn't be decrypted."""
    is_over: bool = False
    replies: int = 0
    sent_back: int = 0
    """How often drafts since the last reply were sent back."""
    turn: int = 0
    """How often its state has changed; what was refused in an earlier state may be tried again."""
    marks: frozenset[Mark] = frozenset()
    numbers: Numbers = frozenset()
    refused: tuple[tuple[UUID, int], ...] = ()
    """Ids of refused actions, each with its turn."""

    @property
    def lot(self) -> str:
        """The seed of the letter's random draws."""
        return self.words or self.letter

    def open_ones(self, opening: str, closing: str) -> tuple[int, ...]:
        """Numbers of open instructions and promises."""
        closed = {number for what, number in self.numbers if what == closing}
        given = {number for what, number in self.numbers if what == opening}
        return tuple(sorted(given - closed))
