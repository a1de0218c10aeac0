"""To whom should the writer turn, and who reads the letter when? Pure."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import WhereToTurn
from shared.rules.classify.triage import Triaged
from shared.rules.places.stations import Stations
from shared.rules.referral_table import OPEN, SHUT, URGENT, Line, area_codes, turning

__all__ = ["Line", "turning_to", "where_to_turn", "who_reads"]

STATION: Final = "police_station"
NONE: Final = Stations()
IN_PLACE: Final = {"12110": "12110_city"}
"""A general line, and the city's own that is told in its place."""


def where_to_turn(
    said: Triaged, *, city: Bureau | None, stations: Stations = NONE
) -> tuple[Line, ...]:
    """Whom to call, most urgent first; none where the mailbox is the right place.

    `city`: where it happens. Where it is known, 110 and 12110 are told with its area code.
    `stations`: those that an operator named; where the writer should go to one, the city's follow.
    """
    area = area_codes().get(city or "")
    lines = (turning().lines[code] for code in dict.fromkeys(_codes(said)))
    told = {line.code: line for line in lines if area or "{" not in line.number}
    for general, own in IN_PLACE.items():
        if own in told:
            told.pop(general, None)
    doors = (door for line in told.values() for door in _doors(line, city, stations))
    return (*(_at(line, area or "") for line in told.values()), *doors)


def turning_to(
    code: WhereToTurn, *, city: Bureau | None, stations: Stations = NONE
) -> tuple[Line, ...]:
    """The line that a reply or a refusal names, in that city; of a station: the city's follow."""
    area = area_codes().get(city or "")
    own = IN_PLACE.get(code) if area else None
    line = _at(turning().lines[own or code], area or "")
    return (line, *_doors(line, city, stations))


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


def _doors(line: Line, city: Bureau | None, stations: Stations) -> Iterator[Line]:
    """The city's stations, where the line says to go to one; each is open as stations are."""
    for station in stations.in_city(city) if line.code == STATION else ():
        yield replace(
            line,
            number=station.phone,
            name_zh=station.zh,
            name_en=station.en,
            zh=f"{station.zh}：{station.address_zh}，{station.phone}",
            en=f"{station.en}: {station.address_en}, {station.phone}",
        )
