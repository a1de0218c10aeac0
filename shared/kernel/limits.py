"""Time limits; read from plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from shared.kernel import plain
from shared.kernel.errors import BadData

Unit = Literal["wd", "d"]
LONGEST: Final = 400
"""Days, of either unit; a longer limit is a mistake in the data."""


@dataclass(frozen=True, slots=True)
class DayLimit:
    """A number of working days (`wd`) or natural days (`d`)."""

    amount: int
    unit: Unit

    def longer(self, days: int) -> "DayLimit":
        """The limit extended by a number of days of its own unit."""
        return DayLimit(self.amount + days, self.unit)


@dataclass(frozen=True, slots=True)
class PartOfReply:
    """A fraction of the reply limit of the letter's category, at most the whole, rounded up."""

    fraction: Fraction


@dataclass(frozen=True, slots=True)
class RestOf:
    """The rest of a limit after the clock's earlier rounds; the whole limit for the first."""

    limit: DayLimit


Part = DayLimit | PartOfReply | RestOf


def a_limit(value: object, where: str) -> DayLimit:
    """Read a number of days with its unit. Raises: BadData."""
    row = plain.only(plain.a_map(value, where), "amount", "unit", where=where)
    unit = row.get("unit")
    if unit not in ("wd", "d"):
        raise BadData(f"{where}.unit: wd or d is needed")
    amount = plain.a_number(row.get("amount"), f"{where}.amount")
    if amount > LONGEST:
        raise BadData(f"{where}.amount: at most {LONGEST} days")
    return DayLimit(amount, unit)


def parts(value: object, where: str) -> tuple[Part, ...]:
    """Read the day limits in a row's `limit`; the earliest date decides. Raises: BadData."""
    if value == "by_category":
        return (PartOfReply(Fraction(1)),)
    row = plain.a_map(value, where)
    if "least_of" not in row:
        return (a_limit(row, where),)
    plain.only(row, "least_of", where=where)
    found = tuple(_part(part, at) for at, part in plain.rows(row["least_of"], f"{where}.least_of"))
    if len(found) < 2:
        raise BadData(f"{where}.least_of: at least two limits are needed")
    return found


def minutes(value: object, where: str) -> int | None:
    """Read a limit in minutes; None for one in days. Raises: BadData."""
    row = value if isinstance(value, Mapping) else {}
    if row.get("unit") != "min":
        return None
    plain.only(row, "amount", "unit", where=where)
    return plain.a_number(row.get("amount"), f"{where}.amount")


def field(value: object, where: str) -> str | None:
    """Read the start event's field that holds the date; None for other limits."""
    row = value if isinstance(value, Mapping) else {}
    if "field" not in row:
        return None
    plain.only(row, "field", where=where)
    return plain.a_text(row["field"], f"{where}.field")


def fraction(value: object, where: str) -> Fraction:
    """Read an exact fraction: 0.8 of 15 days is day 12. Raises: BadData."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
        return Fraction(str(value))
    raise BadData(f"{where}: a part above 0, at most 1, is needed")


def _part(row: Mapping[str, object], where: str) -> Part:
    if "rest_of" in row:
        plain.only(row, "rest_of", where=where)
        return RestOf(a_limit(row["rest_of"], f"{where}.rest_of"))
    if "fraction" not in row:
        return a_limit(row, where)
    plain.only(row, "of", "fraction", "round", where=where)
    if (row.get("of"), row.get("round")) != ("reply", "up"):
        raise BadData(f"{where}: only a part of reply, rounded up, is known")
    return PartOfReply(fraction(row["fraction"], f"{where}.fraction"))
