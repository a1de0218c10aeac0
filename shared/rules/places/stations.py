"""Police stations that a writer may be referred to: only those that an operator configures.

We ship none: an outdated list would send somebody to a closed door.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.contracts.slugs import CITIES, Bureau
from shared.kernel import plain

OF_A_STATION: Final = ("city", "zh", "en", "address_zh", "address_en", "phone", "verified")


@dataclass(frozen=True, slots=True)
class Station:
    """A station, with its address and number."""

    city: str
    zh: str
    en: str
    address_zh: str = field(repr=False)
    address_en: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stations:
    """All stations that an operator configured, in their order."""

    every: tuple[Station, ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Stations":
        """Read a parsed file: `stations`, each with all of OF_A_STATION. Raises: BadData."""
        plain.only(data, "stations", where="the file")
        return cls(
            tuple(
                _station(row, where) for where, row in plain.rows(data.get("stations"), "stations")
            )
        )

    def in_city(self, city: Bureau | None) -> tuple[Station, ...]:
        """The stations of a city; none if the city isn't known."""
        return tuple(station for station in self.every if station.city == city)


def _station(row: Mapping[str, object], where: str) -> Station:
    plain.only(row, *OF_A_STATION, where=where)
    plain.a_day(f"{row.get('verified')}", f"{where}.verified")
    plain.one_of(row.get("city"), *CITIES, where=f"{where}.city")
    return Station(*(plain.a_text(row.get(key), f"{where}.{key}") for key in OF_A_STATION[:-1]))
