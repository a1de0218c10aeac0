"""What limit has each promise, and who hears of it when? Pure: read from plain data.

The data is a parsed `deadline_policies.yaml`. Starts, stops and pauses are facts of the events
and are not read here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Literal

from shared.kernel import plain
from shared.kernel.errors import BadData

Unit = Literal["wd", "d"]


@dataclass(frozen=True, slots=True)
class Limit:
    """So many working days (`wd`) or natural days (`d`)."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class PartOfReply:
    """A part, at most the whole, of the reply limit of the letter's category, rounded up."""

    fraction: Fraction


@dataclass(frozen=True, slots=True)
class Level:
    """A step of telling: at a part of the counted days, or so many working days after red."""

    id: str
    at_fraction: Fraction | None = None
    """1 is red, the passing itself."""
    after_red: int | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """One row of the table."""

    id: str
    limits: tuple[Limit | PartOfReply, ...]
    """The earliest decides. Empty when the limit is no number of days."""
    levels: tuple[Level, ...]
    fires: bool
    """False: nothing happens at the passing; the date is checked when a request arrives."""
    effect: str | None
    """The event that the passing causes, such as `letter.closed`."""
    extension: Limit | None


@dataclass(frozen=True)
class Policies:
    """The whole table under its version, which receipts show."""

    version: str
    clocks: Mapping[str, Clock]
    replies: Mapping[str, Limit]
    """Reply limits by category."""
    extensions: Mapping[str, Limit | None]
    """What an extension of the reply clock adds, by category; None: it can't be extended."""

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Policies":
        """The table that parsed `deadline_policies.yaml` describes. Raises: BadData."""
        levels = _level_sets(plain.a_map(data.get("levels"), "levels"))
        clocks = [
            _clock(row, levels, where) for where, row in plain.rows(data.get("clocks"), "clocks")
        ]
        limits = plain.rows(data.get("reply_limits"), "reply_limits")
        return cls(
            version=plain.a_text(str(data.get("version") or ""), "version"),
            clocks=plain.by_key([(clock.id, clock) for clock in clocks], "clocks"),
            replies=plain.by_key(
                [(_category(r, w), _limit(r.get("reply"), f"{w}.reply")) for w, r in limits],
                "reply_limits",
            ),
            extensions=MappingProxyType({_category(r, w): _extension(r, w) for w, r in limits}),
        )

    def clock(self, clock: str) -> Clock:
        """The row of `clock`. Raises: ValueError for a clock that the table doesn't know."""
        try:
            return self.clocks[clock]
        except KeyError:
            raise ValueError(f"no clock named {clock!r} in the policies") from None

    def reply_limit(self, category: str) -> Limit:
        """How long a reply may take. Raises: ValueError for an unknown category."""
        try:
            return self.replies[category]
        except KeyError:
            raise ValueError(f"no reply limit for category {category!r}") from None

    def limits(self, clock: str, category: str | None = None) -> tuple[Limit, ...]:
        """All limits of `clock`, of which the earliest date decides.

        Raises: ValueError when its limit is no number of days, or needs a category.
        """
        row = self.clock(clock)
        if not row.limits:
            raise ValueError(f"the limit of {clock} is no number of days")
        return tuple(
            limit if isinstance(limit, Limit) else self._part(limit, clock, category)
            for limit in row.limits
        )

    def limit(self, clock: str, category: str | None = None) -> Limit:
        """The one limit of `clock`: of several in the same unit the least.

        Raises: ValueError as `limits`, and for limits that only dates can compare (`answer`).
        """
        limits = self.limits(clock, category)
        if len({limit.unit for limit in limits}) > 1:
            raise ValueError(f"which limit of {clock} is the least depends on its start")
        return min(limits, key=lambda limit: limit.amount)

    def _part(self, part: PartOfReply, clock: str, category: str | None) -> Limit:
        if category is None:
            raise ValueError(f"the limit of {clock} depends on the letter's category")
        whole = self.reply_limit(category)
        return Limit(ceil(part.fraction * whole.amount), whole.unit)


def _category(row: Mapping[str, object], where: str) -> str:
    return plain.a_text(row.get("category"), f"{where}.category")


def _extension(row: Mapping[str, object], where: str) -> Limit | None:
    return _limit(row["extension"], f"{where}.extension") if row.get("extension") else None


def _clock(row: Mapping[str, object], levels: Mapping[str, tuple[Level, ...]], where: str) -> Clock:
    named = plain.a_text(row.get("levels"), f"{where}.levels")
    if named not in levels:
        raise BadData(f"{where}.levels: no such set of levels")
    return Clock(
        id=plain.a_text(row.get("id"), f"{where}.id"),
        limits=_limits(row.get("limit"), f"{where}.limit"),
        levels=levels[named],
        fires=row.get("fires") is not False,
        effect=plain.a_text(row["effect"], f"{where}.effect") if row.get("effect") else None,
        extension=_extension(row, where),
    )


def _limits(value: object, where: str) -> tuple[Limit | PartOfReply, ...]:
    if value == "by_category":
        return (PartOfReply(Fraction(1)),)
    row = plain.a_map(value, where)
    if "least_of" in row:
        return tuple(_part(part, at) for at, part in plain.rows(row["least_of"], where))
    if "field" in row or row.get("unit") == "min":
        return ()
    return (_limit(row, where),)


def _part(row: Mapping[str, object], where: str) -> Limit | PartOfReply:
    """One of several limits; `rest_of` is the whole for a first question."""
    if "fraction" not in row:
        return _limit(row.get("rest_of", row), where)
    if (row.get("of"), row.get("round")) != ("reply", "up"):
        raise BadData(f"{where}: only a part of reply, rounded up, is known")
    return PartOfReply(_fraction(row["fraction"], where))


def _limit(value: object, where: str) -> Limit:
    row = plain.a_map(value, where)
    unit = row.get("unit")
    if unit not in ("wd", "d"):
        raise BadData(f"{where}.unit: wd or d is needed")
    return Limit(plain.a_number(row.get("amount"), f"{where}.amount"), unit)


def _level_sets(data: Mapping[str, object]) -> Mapping[str, tuple[Level, ...]]:
    """Sets of levels by name. `page` repeats by minutes, has no days and is intake's own."""
    return {
        name: tuple(
            _level(row, where)
            for where, row in plain.rows(steps, f"levels.{name}")
            if "repeat" not in row
        )
        for name, steps in data.items()
    }


def _level(row: Mapping[str, object], where: str) -> Level:
    name = plain.a_text(row.get("id"), f"{where}.id")
    if "at_fraction" in row:
        return Level(name, at_fraction=_fraction(row["at_fraction"], f"{where}.at_fraction"))
    after = _limit(row.get("after_red"), f"{where}.after_red")
    if after.unit != "wd":
        raise BadData(f"{where}.after_red.unit: wd is needed")
    return Level(name, after_red=after.amount)


def _fraction(value: object, where: str) -> Fraction:
    """Exact: 0.8 is four fifths, so that 0.8 of 15 days is day 12."""
    if isinstance(value, int | float) and 0 < value <= 1:
        return Fraction(str(value))
    raise BadData(f"{where}: a part above 0, at most 1, is needed")
