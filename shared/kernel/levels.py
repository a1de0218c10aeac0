"""Escalation levels of a clock: who is notified when; read from plain data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from fractions import Fraction
from typing import Final

from shared.kernel import plain
from shared.kernel.errors import BadData
from shared.kernel.limits import a_limit, fraction, minutes

_MORNING: Final = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d) next working day")


@dataclass(frozen=True, slots=True)
class LevelRule:
    """A level: at a fraction of the counted days, or a number of working days after red."""

    id: str
    at_fraction: Fraction | None = None
    """1 is red, the passing itself."""
    after_red: int | None = None
    to: tuple[str, ...] = ()
    told_at: time | None = None
    """Time of the next working day when people are notified; None: at once."""
    effect: str | None = None
    """The event caused by reaching it, such as `letter.supervised`."""


@dataclass(frozen=True, slots=True)
class Paging:
    """A level in minutes: a call at the start, then repeatedly, each time to the next contact."""

    id: str
    every_min: int
    to: tuple[str, ...]


LevelSet = tuple[LevelRule, ...] | Paging


def level_sets(value: object, where: str) -> Mapping[str, LevelSet]:
    """Read sets of levels by name. Raises: BadData."""
    named = plain.a_map(value, where)
    return {name: _level_set(steps, f"{where}.{name}") for name, steps in named.items()}


def _level_set(steps: object, where: str) -> LevelSet:
    rows = plain.rows(steps, where)
    if any("repeat" in row for _, row in rows):
        if len(rows) > 1:
            raise BadData(f"{where}: a level that repeats stands alone")
        return _paging(rows[0][1], rows[0][0])
    levels = tuple(_level(row, at) for at, row in rows)
    if levels:
        plain.by_key([(level.id, level) for level in levels], where)
        _check_order(levels, where)
    return levels


def _check_order(levels: tuple[LevelRule, ...], where: str) -> None:
    """Check that red exists and that levels stand in the order in which they are reached."""
    reached = [(level.at_fraction or Fraction(1), level.after_red or 0) for level in levels]
    if (Fraction(1), 0) not in reached:
        raise BadData(f"{where}: a level at_fraction 1.0 is missing")
    if reached != sorted(set(reached)):
        raise BadData(f"{where}: levels must stand in the order in which they are reached")


def _level(row: Mapping[str, object], where: str) -> LevelRule:
    known = ("id", "at_fraction", "after_red", "told_at", "to", "effect")
    plain.only(row, *known, where=where)
    if ("at_fraction" in row) is ("after_red" in row):
        raise BadData(f"{where}: either at_fraction or after_red is needed")
    return LevelRule(
        id=plain.a_text(row.get("id"), f"{where}.id"),
        at_fraction=plain.maybe(row, "at_fraction", where=where, read=fraction),
        after_red=plain.maybe(row, "after_red", where=where, read=_working_days),
        to=_contacts(row.get("to"), f"{where}.to"),
        told_at=plain.maybe(row, "told_at", where=where, read=_morning),
        effect=plain.maybe(row, "effect", where=where, read=plain.a_text),
    )


def _working_days(value: object, where: str) -> int:
    after = a_limit(value, where)
    if after.unit != "wd":
        raise BadData(f"{where}.unit: wd is needed")
    return after.amount


def _morning(value: object, where: str) -> time:
    if found := _MORNING.fullmatch(plain.a_text(value, where)):
        return time.fromisoformat(found[1])
    raise BadData(f"{where}: a time such as `09:00 next working day` is needed")


def _paging(row: Mapping[str, object], where: str) -> Paging:
    plain.only(row, "id", "at", "repeat", "to", "each", where=where)
    if (row.get("at"), row.get("each")) != ("start", "next"):
        raise BadData(f"{where}: only `at: start` and `each: next` are known")
    every = minutes(row["repeat"], f"{where}.repeat")
    if every is None:
        raise BadData(f"{where}.repeat.unit: min is needed")
    return Paging(
        plain.a_text(row.get("id"), f"{where}.id"), every, _contacts(row.get("to"), f"{where}.to")
    )


def _contacts(value: object, where: str) -> tuple[str, ...]:
    """The contacts, each once."""
    contacts = plain.texts(value, where)
    if not contacts or len(set(contacts)) < len(contacts):
        raise BadData(f"{where}: each name once, and at least one")
    return contacts
