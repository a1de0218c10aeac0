"""What a simulated bureau knows of a letter: one frozen value."""

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
    """Of the last thing that was said of it; what comes later than that with less is old news."""
    said_at: datetime
    """When the router said the last thing that changed the state, in UTC."""
    category: Category
    police_type: PoliceType | None = None
    place: Bureau | None = None
    """The city where the matter arose, if the letter says so."""
    clock: Counted = "reply"
    words: str = ""
    """A digest of what the letter says: the same letter, the same luck, whatever its number."""
    replied_at: datetime | None = None
    """When the last reply stood."""
    is_english: bool = False
    is_by_hand: bool = False
    is_closed: bool = False
    """Whether its words couldn't be opened."""
    is_over: bool = False
    replies: int = 0
    sent_back: int = 0
    """How often what was written since the last reply came back."""
    turn: int = 0
    """How often its state has changed; what was refused in an earlier one may be asked anew."""
    marks: frozenset[Mark] = frozenset()
    numbers: Numbers = frozenset()
    refused: tuple[tuple[UUID, int], ...] = ()
    """Ids of refused actions, each with the turn."""

    @property
    def lot(self) -> str:
        """What the letter's luck is drawn by."""
        return self.words or self.letter

    def open_ones(self, opening: str, closing: str) -> tuple[int, ...]:
        """Numbers of what was given or made and isn't answered or kept yet."""
        closed = {number for what, number in self.numbers if what == closing}
        given = {number for what, number in self.numbers if what == opening}
        return tuple(sorted(given - closed))
