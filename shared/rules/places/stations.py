"""Which police stations may a writer be sent to? Only those that an operator names. Pure.

We ship none: a list that is out of date sends somebody to a door that is shut.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.contracts.slugs import CITIES, Bureau
from shared.kernel import plain

OF_A_STATION: Final = ("city", "zh", "en", "address_zh", "address_en", "phone", "verified")


@dataclass(frozen=True, slots=True)
class Station:
    """A station, its address and number as an operator knows them."""

    city: str
    zh: str
    en: str
    address_zh: str = field(repr=False)
    address_en: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stations:
    """All that an operator named, in their order."""

    every: tuple[Station, ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Stations":
        """A parsed file: `stations`, each with all of OF_A_STATION. Raises: BadData."""
        plain.only(data, "stations", where="the file")
        return cls(
            tuple(
                _station(row, where) for where, row in plain.rows(data.get("stations"), "stations")
            )
        )

    def in_city(self, city: Bureau | None) -> tuple[Station, ...]:
        """Those of a city; none where it isn't known."""
        return tuple(station for station in self.every if station.city == city)


def _station(row: Mapping[str, object], where: str) -> Station:
    plain.only(row, *OF_A_STATION, where=where)
    plain.a_day(f"{row.get('verified')}", f"{where}.verified")
    plain.one_of(row.get("city"), *CITIES, where=f"{where}.city")
    return Station(*(plain.a_text(row.get(key), f"{where}.{key}") for key in OF_A_STATION[:-1]))
