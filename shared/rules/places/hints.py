"""Weak hints at a city: where a letter's car plates and landline numbers are registered.

A car or a phone may be far from home: a hint alone sends no letter anywhere, and is used only if
nothing else indicates a city.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from shared.contracts.slugs import CITIES, City
from shared.kernel import plain
from shared.rules.tables import table

PLATE: Final = re.compile("粤([a-y])·?[a-z0-9]{5,6}(?![a-z0-9])")
LANDLINE: Final = re.compile(r"(?<!\d)(0\d{2,3})[- ]?\d{7,8}(?!\d)")


@dataclass(frozen=True, slots=True)
class Hint:
    """The only city that such numbers indicate."""

    city: City
    code: str


def _by_number() -> Mapping[str, City]:
    """Each plate letter and area code; those of two cities are ambiguous."""
    found: dict[str, City] = {}
    for where, row in plain.rows(table("cities").get("bureaus"), "cities.yaml: bureaus"):
        city = cast("City", plain.one_of(row.get("slug"), *CITIES, where=where))
        letters = plain.texts(row.get("plate_letters"), f"{where}.plate_letters")
        for number in (*letters, str(row.get("area_code"))):
            found[number.lower()] = city
    return found


_BY_NUMBER: Final = _by_number()


def hint(text: str) -> Hint | None:
    """The hint of plates and landlines in a normal text; None: nothing, or several cities."""
    hints = {found.city: found for found in _hints(text) if found is not None}
    return next(iter(hints.values())) if len(hints) == 1 else None


def _hints(text: str) -> Iterator[Hint | None]:
    for code, pattern in (("hint.plate", PLATE), ("hint.landline", LANDLINE)):
        for number in pattern.findall(text):
            city = _BY_NUMBER.get(number)
            yield Hint(city, code) if city else None
