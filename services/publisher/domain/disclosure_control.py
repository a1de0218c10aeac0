"""Statistical disclosure control: figures for everyone in which no number stands for few letters.

Cells below `LEAST` are merged with others, never left out, so that no difference between a sum and
its parts shows one. Letters by state are published in one table alone: two tables with the same
column would show by their difference what is merged in either.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from services.publisher.domain.figures import Figures

LEAST = 5
"""Letters that a published number stands for, at least; or none."""
OTHER = "other"
"""Stands for everything that was merged."""


@dataclass(frozen=True)
class PublicFigures:
    """Figures as everyone may see them. None, or an empty table: fewer than `LEAST` letters."""

    letters: int | None
    read: int | None
    """Also None where fewer than `LEAST` letters were not read."""
    by_bureau: dict[str, dict[str, int]]
    """By state within each bureau; `other` for what is merged, bureaus and states alike."""
    by_category: dict[str, int]
    promises: dict[str, int]


def public_figures(figures: Figures) -> PublicFigures:
    """The figures with small cells merged."""
    return PublicFigures(
        letters=figures.letters if _may_be_shown(figures.letters) else None,
        read=_read(figures),
        by_bureau=_by_bureau(figures),
        by_category=merge_small(_by_category(figures)),
        promises=merge_small(dict(figures.promises.items())),
    )


def merge_small(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts, with small ones in `other` and as many more as it takes for `LEAST` there.

    Empty where all of them together are fewer than that.
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


def _read(figures: Figures) -> int | None:
    is_shown = _may_be_shown(figures.read) and _may_be_shown(figures.letters - figures.read)
    return figures.read if is_shown else None


def _by_bureau(figures: Figures) -> dict[str, dict[str, int]]:
    totals: Counter[str] = Counter()
    for (bureau, _), count in figures.by_bureau.items():
        totals[bureau] += count
    shown = merge_small(totals)
    rows: dict[str, Counter[str]] = {bureau: Counter() for bureau in shown}
    for (bureau, state), count in figures.by_bureau.items():
        if shown:
            rows[bureau if bureau in shown else OTHER][state] += count
    return {bureau: merge_small(row) for bureau, row in rows.items()}


def _by_category(figures: Figures) -> Mapping[str, int]:
    """Letters without a category are in `other`: their number would be a difference otherwise."""
    totals: Counter[str] = Counter()
    for (category, _), count in figures.by_category.items():
        totals[category] += count
    totals[OTHER] += figures.letters - totals.total()
    return totals
