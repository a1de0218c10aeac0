"""Referrals: whom the writer should turn to, and who reads the letter when."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from shared.contracts.bilingual import Bilingual
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import WhereToTurn
from shared.rules.classify.triage import TriageResult
from shared.rules.places.stations import Stations
from shared.rules.referral_table import OPEN, SHUT, URGENT, ReferralLine, area_codes, turning

__all__ = ["ReferralLine", "turning_to", "where_to_turn", "who_reads"]

STATION: Final = "police_station"
NONE: Final = Stations()
IN_PLACE: Final = {"12110": "12110_city"}
"""A general line, and the city's own line that replaces it."""


def where_to_turn(
    triaged: TriageResult, *, city: Bureau | None, stations: Stations = NONE
) -> tuple[ReferralLine, ...]:
    """The lines to call, most urgent first; empty if the mailbox is the right place.

    `city`: where it happens; if known, 110 and 12110 are given with its area code. `stations`:
    those that an operator configured; where the writer should visit one, the city's follow.
    """
    area = area_codes().get(city or "")
    lines = (turning().lines[code] for code in dict.fromkeys(_codes(triaged)))
    by_code = {line.code: line for line in lines if area or "{" not in line.number}
    for general in (general for general, own in IN_PLACE.items() if own in by_code):
        by_code.pop(general, None)
    doors = (door for line in by_code.values() for door in _doors(line, city, stations))
    return (*(_at(line, area or "") for line in by_code.values()), *doors)


def turning_to(
    code: WhereToTurn, *, city: Bureau | None, stations: Stations = NONE
) -> tuple[ReferralLine, ...]:
    """The line that a reply or refusal names, for that city; with a station's city stations."""
    area = area_codes().get(city or "")
    own = IN_PLACE.get(code) if area else None
    line = _at(turning().lines[own or code], area or "")
    return (line, *_doors(line, city, stations))


def who_reads(triaged: TriageResult, *, in_office_hours: bool) -> Bilingual:
    """Who reads the letter when, in Chinese and English."""
    when = OPEN if in_office_hours else SHUT
    return turning().readers[URGENT if triaged.threshold else when]


def _codes(triaged: TriageResult) -> Iterator[str]:
    """The codes of lines; may repeat."""
    added = [
        addition
        for addition in turning().by_evidence
        if any(code.startswith(addition.begins) for code in triaged.evidence)
    ]
    asks = triaged.threshold or triaged.class_
    for addition in added:
        yield from addition.lines if addition.is_first else ()
    yield from turning().by_class.get(asks, ())
    if asks != triaged.class_:
        yield from turning().by_class.get(triaged.class_, ())
    for addition in added:
        yield from addition.lines


def _at(line: ReferralLine, area: str) -> ReferralLine:
    filled = {
        name: getattr(line, name).replace("{area}", area).replace("{area3}", area[-3:])
        for name in ("number", "zh", "en")
    }
    return replace(line, **filled)


def _doors(line: ReferralLine, city: Bureau | None, stations: Stations) -> Iterator[ReferralLine]:
    """The city's stations if the line refers to a station, with the line's opening hours."""
    for station in stations.in_city(city) if line.code == STATION else ():
        yield replace(
            line,
            number=station.phone,
            name_zh=station.zh,
            name_en=station.en,
            zh=f"{station.zh}：{station.address_zh}，{station.phone}",
            en=f"{station.en}: {station.address_en}, {station.phone}",
        )
