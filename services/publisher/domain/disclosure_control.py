"""Figures about all letters, with statistical disclosure control before everyone sees them.

No published number stands for few letters. Cells below `LEAST` are merged with others, never left
out, so that no difference between a sum and its parts shows one. Letters by state are published in
one table alone: two tables with the same column would show by their difference what is merged.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category, State

PromiseStanding = Literal["open", "broken", "in_time", "late"]
LEAST = 5
"""The fewest letters that a published number other than 0 stands for."""
OTHER = "other"
"""The cell of everything that was merged."""


@dataclass(frozen=True)
class CountedLetter:
    """The fields of one letter that are counted."""

    state: State
    category: Category | None
    bureau: Bureau | None
    """Who holds it, or held it last."""
    is_read: bool
    """Whether a chief has read it in person."""
    promises: tuple[PromiseStanding, ...]


@dataclass
class LetterFigures:
    """Counts of letters; each letter is added once."""

    letters: int = 0
    read: int = 0
    """Letters that a chief has read in person."""
    by_bureau: Counter[tuple[str, State]] = field(default_factory=Counter)
    """`triage` where no bureau has held it yet."""
    by_category: Counter[tuple[Category, State]] = field(default_factory=Counter)
    promises: Counter[PromiseStanding] = field(default_factory=Counter)

    def add(self, letter: CountedLetter) -> None:
        """Count one more letter."""
        self.letters += 1
        self.read += letter.is_read
        self.by_bureau[letter.bureau or "triage", letter.state] += 1
        if letter.category is not None:
            self.by_category[letter.category, letter.state] += 1
        self.promises.update(letter.promises)


@dataclass(frozen=True)
class PublicFigures:
    """Figures as everyone may see them. None, or an empty table: fewer than `LEAST` letters."""

    letters: int | None
    read: int | None
    """Also None if fewer than `LEAST` letters were not read."""
    by_bureau: dict[str, dict[str, int]]
    """By state within each bureau; `other` for what is merged, bureaus and states alike."""
    by_category: dict[str, int]
    promises: dict[str, int]


def public_figures(figures: LetterFigures) -> PublicFigures:
    """The figures with small cells merged."""
    return PublicFigures(
        letters=figures.letters if _may_be_shown(figures.letters) else None,
        read=_read(figures),
        by_bureau=_by_bureau(figures),
        by_category=merge_small(_by_category(figures)),
        promises=merge_small(dict(figures.promises.items())),
    )


def merge_small(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts, with small ones merged into `other`, and more until that has `LEAST`.

    Empty if all of them together are fewer.
    """
    merged = counts.get(OTHER, 0)
    cells = sorted((count, key) for key, count in counts.items() if count and key != OTHER)
    while cells and not (_may_be_shown(cells[0][0]) and _may_be_shown(merged)):
        merged += cells.pop(0)[0]
    if not _may_be_shown(merged):
        return {}
    shown = {key: count for count, key in cells} | ({OTHER: merged} if merged else {})
    return dict(sorted(shown.items()))


def _may_be_shown(count: int) -> bool:
    return count == 0 or count >= LEAST


def _read(figures: LetterFigures) -> int | None:
    is_shown = _may_be_shown(figures.read) and _may_be_shown(figures.letters - figures.read)
    return figures.read if is_shown else None


def _by_bureau(figures: LetterFigures) -> dict[str, dict[str, int]]:
    totals: Counter[str] = Counter()
    for (bureau, _), count in figures.by_bureau.items():
        totals[bureau] += count
    shown = merge_small(totals)
    rows: dict[str, Counter[str]] = {bureau: Counter() for bureau in shown}
    for (bureau, state), count in figures.by_bureau.items():
        if shown:
            rows[bureau if bureau in shown else OTHER][state] += count
    return {bureau: merge_small(row) for bureau, row in rows.items()}


def _by_category(figures: LetterFigures) -> Mapping[str, int]:
    """Letters without a category count in `other`, or a difference would show their number."""
    totals: Counter[str] = Counter()
    for (category, _), count in figures.by_category.items():
        totals[category] += count
    totals[OTHER] += figures.letters - totals.total()
    return totals
