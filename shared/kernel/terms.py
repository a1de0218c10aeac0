"""Terms of office, and the checks that there is no gap and no overlap between them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from shared.kernel.errors import BadData

FOR_EVER: Final = date.max
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class DateRange:
    """Civil days of Asia/Shanghai, including the first and the last."""

    first: date
    last: date = FOR_EVER

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @classmethod
    def of(cls, row: Mapping[str, object], where: str) -> "DateRange":
        """Read the days `from` and `to`; without `to` it is open-ended. Raises: BadData."""
        first = day_of(row.get("from"), f"{where}.from")
        last = day_of(row["to"], f"{where}.to") if "to" in row else FOR_EVER
        if last < first:
            raise BadData(f"{where}: it ends before it begins")
        return cls(first, last)


@dataclass(frozen=True, slots=True)
class Term:
    """Somebody's term in an office of a bureau, or of one of its units."""

    office: str
    bureau: str
    unit: str | None
    staff: str
    """Opaque id, the same as in events; never a name."""
    span: DateRange


def day_of(value: object, where: str) -> date:
    """Read a day in YAML's form: a date, or a text like one. Raises: BadData."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise BadData(f"{where}: a day such as 2026-02-14 is needed") from None


def no_two(terms: Iterable[Term], what: str) -> None:
    """Check that no two terms have a day in common. Raises: BadData."""
    for term, next_ in pairwise(sorted(terms, key=lambda term: term.span)):
        if next_.span.first in term.span:
            raise BadData(
                f"{what}: {term.staff} and {next_.staff} both hold it on {next_.span.first}"
            )


def no_hole(terms: Iterable[Term], what: str, *, since: date) -> None:
    """Check that there is a holder from `since` to the end of the last term. Raises: BadData."""
    hole = next(_holes(sorted(term.span for term in terms), since), None)
    if hole is not None:
        raise BadData(f"{what}: nobody holds it {hole}")


def _holes(spans: list[DateRange], since: date) -> Iterator[str]:
    free = since
    for span in spans:
        if span.first > free:
            yield f"from {free} to {span.first - DAY}"
        if span.last == FOR_EVER:
            return
        free = max(free, span.last + DAY)
    if free == since:
        yield f"from {since} on"
