"""How many letters are there, of what kind, and how do they stand? Pure: a row for each letter."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category, State

Kept = Literal["open", "broken", "in_time", "late"]


@dataclass(frozen=True)
class Counted:
    """What of one letter is counted."""

    state: State
    category: Category | None
    bureau: Bureau | None
    """Who holds it, or held it last."""
    is_read: bool
    """Whether a chief has read it in person."""
    promises: tuple[Kept, ...]


@dataclass
class Figures:
    """All letters so far; each is added once, so that nothing counts twice."""

    letters: int = 0
    read: int = 0
    """Of the letters, those that a chief has read in person."""
    by_bureau: Counter[tuple[str, State]] = field(default_factory=Counter)
    """`triage` where no bureau has held it yet."""
    by_category: Counter[tuple[Category, State]] = field(default_factory=Counter)
    promises: Counter[Kept] = field(default_factory=Counter)

    def add(self, letter: Counted) -> None:
        """Count one more letter."""
        self.letters += 1
        self.read += letter.is_read
        self.by_bureau[letter.bureau or "triage", letter.state] += 1
        if letter.category is not None:
            self.by_category[letter.category, letter.state] += 1
        self.promises.update(letter.promises)
