"""Due dates of clocks and instants of their levels, computed from the policies' rows by hand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal

from tests.year.days import (
    Days,
    day_at,
    midnight_after,
    natural_days,
    promised_days,
    working_days,
)

Unit = Literal["wd", "d"]

FIXED: Mapping[str, tuple[int, Unit]] = MappingProxyType(
    {
        "assign": (1, "wd"),
        "sign_in": (1, "wd"),
        "unit_sign_in": (1, "wd"),
        "signature": (1, "wd"),
        "extension": (1, "wd"),
        "instruction": (3, "wd"),
        "answer": (7, "d"),
        "rating": (30, "d"),
        "appeal": (30, "d"),
        "publication_problem": (1, "wd"),
        "petition_notice": (15, "d"),
        "petition": (60, "d"),
        "disclosure": (20, "wd"),
    }
)
REPLY: Mapping[str, int] = MappingProxyType(
    {"inquiry": 2, "request": 10, "suggestion": 10, "complaint": 15, "report": 15, "thanks": 7}
)
"""Working days in which a letter of each category is answered."""
BY_CATEGORY = frozenset({"reply", "reopened_reply"})
MOST_WAITED = 10
"""Working days for which all questions together may hold a letter up."""
AFTER_RED: Mapping[str, int] = MappingProxyType({"chief": 1, "province": 3})
UNFIRED = frozenset({"objection", "appeal"})
EFFECTS = frozenset({"answer", "rating"})
ORDER = ("reminder", "yellow", "red", "chief", "province")


@dataclass(frozen=True)
class Question:
    """What a clock's date depends on."""

    clock: str
    zero: date
    category: str = ""
    more: int = 0
    """Days that were granted."""
    waited: int = 0
    """Working days that earlier questions have held the letter up."""
    promised: date | None = None
    paused: Collection[date] = field(default=frozenset())


@dataclass(frozen=True)
class Dated:
    """When a clock is due, and the instants of its levels."""

    due_on: date
    levels: Mapping[str, datetime]


def dated(asked: Question) -> Dated:
    """When that clock is due."""
    counted = _counted(asked)
    due_on = counted[-1] if counted else asked.zero
    return Dated(due_on, _levels(asked, counted, due_on))


def _counted(asked: Question) -> Days:
    match asked.clock:
        case "commitment":
            assert asked.promised is not None
            return promised_days(asked.zero, asked.promised)
        case "reply" | "reopened_reply":
            return working_days(asked.zero, REPLY[asked.category] + asked.more, paused=asked.paused)
        case "objection":
            return working_days(asked.zero, min(5, -(-REPLY[asked.category] // 2)))
        case "answer":
            rest = working_days(asked.zero, max(1, MOST_WAITED - asked.waited))
            return min(natural_days(asked.zero, 7), rest, key=lambda days: days[-1])
        case _:
            amount, unit = FIXED[asked.clock]
            count = natural_days if unit == "d" else working_days
            return count(asked.zero, amount + asked.more)


def _levels(asked: Question, counted: Days, due_on: date) -> Mapping[str, datetime]:
    if asked.clock in UNFIRED:
        return {}
    if asked.clock in EFFECTS:
        return {"effect": midnight_after(due_on)}
    early = {"reminder": day_at(0.5, counted), "yellow": day_at(0.8, counted)}
    found = {name: midnight_after(day) for name, day in early.items() if day}
    found["red"] = midnight_after(due_on)
    for name, days in AFTER_RED.items():
        late = working_days(due_on, days, paused=asked.paused)
        found[name] = midnight_after(late[-1])
    return found
