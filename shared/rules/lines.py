"""To whom should the writer turn, and who reads the letter when? Pure."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from shared.contracts.slugs import Bureau
from shared.rules.triage import Triaged
from shared.rules.turning import OPEN, SHUT, URGENT, Line, area_codes, turning

__all__ = ["Line", "where_to_turn", "who_reads"]

IN_PLACE: Final = {"12110": "12110_city"}
"""A general line, and the city's own that is told in its place."""


def where_to_turn(said: Triaged, *, city: Bureau | None) -> tuple[Line, ...]:
    """Whom to call, most urgent first; none where the mailbox is the right place.

    `city`: where it happens. Where it is known, 110 and 12110 are told with its area code.
    """
    area = area_codes().get(city or "")
    lines = (turning().lines[code] for code in dict.fromkeys(_codes(said)))
    told = {line.code: line for line in lines if area or "{" not in line.number}
    for general, own in IN_PLACE.items():
        if own in told:
            told.pop(general, None)
    return tuple(_at(line, area or "") for line in told.values())


def who_reads(said: Triaged, *, in_office_hours: bool) -> tuple[str, str]:
    """Who reads the letter when, in Chinese and English."""
    when = OPEN if in_office_hours else SHUT
    return turning().readers[URGENT if said.threshold else when]


def _codes(said: Triaged) -> Iterator[str]:
    """May say one twice."""
    added = [
        one
        for one in turning().by_evidence
        if any(code.startswith(one.begins) for code in said.evidence)
    ]
    asks = said.threshold or said.class_
    for one in added:
        yield from one.lines if one.is_first else ()
    yield from turning().by_class.get(asks, ())
    if asks != said.class_:
        yield from turning().by_class.get(said.class_, ())
    for one in added:
        yield from one.lines


def _at(line: Line, area: str) -> Line:
    filled = {
        name: getattr(line, name).replace("{area}", area).replace("{area3}", area[-3:])
        for name in ("number", "zh", "en")
    }
    return replace(line, **filled)
