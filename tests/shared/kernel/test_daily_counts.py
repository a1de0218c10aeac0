"""A missing day, a missing entry and a changed entry break the chain of daily counts."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.kernel.daily_counts import chain_faults, counted_day, entry_digest
from shared.kernel.letter_receipts import leaf_of

AT = datetime(2026, 11, 30, tzinfo=UTC)
DAYS = [date(2026, 11, day) for day in (26, 27, 28)]


def chain() -> list[dict[str, Any]]:
    """Three days, and then a correction of the first."""
    entries: list[dict[str, Any]] = []
    for number, day in enumerate(DAYS):
        leaves = [leaf_of(f"GD-{n}", "0" * 64) for n in range(number)]
        entries.append(counted_day(day, leaves).entry(entries[-1] if entries else None, at=AT))
    late = counted_day(DAYS[0], [leaf_of("GD-9", "0" * 64)], corrects=1)
    return [*entries, late.entry(entries[-1], at=AT)]


def test_a_whole_chain_has_no_faults() -> None:
    entries = chain()
    assert chain_faults(entries) == []
    assert [one["letters"] for one in entries] == [0, 1, 2, 1]
    assert [one["corrects"] for one in entries] == [0, 0, 0, 1]
    assert entries[0]["previous"] == "0" * 64
    assert entries[1]["previous"] == entry_digest(entries[0])


def test_the_order_in_which_letters_came_does_not_matter() -> None:
    assert counted_day(DAYS[0], ["b", "a", "b"]) == counted_day(DAYS[0], ["a", "b"])


def rechained(entries: list[dict[str, Any]]) -> None:
    """What a forger would do: new numbers and hashes."""
    for place, entry in enumerate(entries):
        entry["number"] = place + 1
        entry["previous"] = entry_digest(entries[place - 1]) if place else "0" * 64


def without_second_day(entries: list[dict[str, Any]]) -> None:
    del entries[1]
    rechained(entries)


BROKEN: dict[str, tuple[Callable[[list[dict[str, Any]]], Any], str]] = {
    "a letter fewer": (lambda e: e[1].update(letters=0), "previous 3"),
    "an entry taken out": (lambda e: e.pop(1), "number 2"),
    "a day taken out": (without_second_day, "missing_day 2"),
    "a day twice": (lambda e: e[3].update(corrects=0), "corrects 4"),
    "a correction of nothing": (lambda e: e[0].update(corrects=7), "corrects 1"),
    "the first taken out": (lambda e: e.pop(0), "number 1"),
    "a signature changed": (lambda e: e[2].update(signature="x"), "previous 4"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_any_change_shows(how: str) -> None:
    entries = chain()
    change, fault = BROKEN[how]
    change(entries)
    assert fault in chain_faults(entries)
