"""Prints figures as a table, and as JSON lines to keep."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

HEAD = ("what", "unit", "ours", "[low - high]", "beside", "[low - high]", "ours/beside")


class WrongOutcome(Exception):
    """Something was lost, came twice or was refused; a figure beside that would mean nothing."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure for each round, and the figure that it is compared with."""

    name: str
    unit: str
    ours: Sequence[float]
    floor: Sequence[float] = ()
    """The same of a floor, of a peer, or of few letters where ours are many; empty: of nothing."""

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return median(self.ours)

    @property
    def beside(self) -> float | None:
        """The median of the compared figure."""
        return median(self.floor) if self.floor else None

    @property
    def ratio(self) -> float | None:
        """The ratio of ours to the compared figure."""
        return self.value / self.beside if self.beside else None


def line(measure: Measure) -> str:
    """One figure as a line of JSON."""
    return json.dumps(
        {
            "name": measure.name,
            "value": _rounded(measure.value),
            "unit": measure.unit,
            "beside": _rounded(measure.beside),
            "ratio": _rounded(measure.ratio),
        }
    )


def table(measures: Iterable[Measure]) -> str:
    """All figures in columns."""
    rows = [HEAD, *(_row(one) for one in measures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def percentile(figures: Sequence[float], share: float) -> float:
    """The smallest figure that `share` of them don't exceed."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _row(measure: Measure) -> tuple[str, ...]:
    ratio = measure.ratio
    return (
        measure.name,
        measure.unit,
        _shown(measure.value),
        _range(measure.ours),
        _shown(measure.beside),
        _range(measure.floor),
        "" if ratio is None else f"{ratio:.2f}",
    )


def _range(figures: Sequence[float]) -> str:
    return f"[{_shown(min(figures))} - {_shown(max(figures))}]" if len(figures) > 1 else ""


def _shown(figure: float | None) -> str:
    if figure is None:
        return ""
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.3g}"


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else float(f"{figure:.5g}")
