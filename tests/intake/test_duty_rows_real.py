"""The real database finds the rows of the duty desk that documents in memory find."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.intake import store
from services.intake.store import diversion_queries
from shared.platform.mongo.database import Collection, Insert
from tests.intake.story import NOON
from tests.support.doubles import Memory
from tests.support.stack import new_collection, servers

pytestmark = [pytest.mark.real, pytest.mark.timeout(90)]

__all__ = ["new_collection", "servers"]


def kept(number: int, writer: str, **over: Any) -> Insert:
    """An unseen diversion, reduced to its index fields."""
    state = {"owner": writer, "repeats": over.pop("repeats", None)}
    at = NOON + timedelta(seconds=number)
    fields = {"unseen_since": at, "diverted_by": writer, **over}
    return Insert({"_id": f"D-{number:04d}", "state": state, **fields})


def crowd() -> list[Insert]:
    """One with a script, others with few, one of an older version, and letters."""
    many = [kept(number, "script", repeats="D-0000" if number else None) for number in range(120)]
    few = [kept(120 + number, f"w-{number % 7}") for number in range(20)]
    old = kept(150, "old")
    del old.document["diverted_by"]
    letters = [Insert({"_id": f"GD-{number}", "state": {"owner": "w-1"}}) for number in range(5)]
    return [*many, *few, old, kept(160, "w-1", repeats="D-0121"), *letters]


async def paged(letters: Collection) -> list[store.QueueRow]:
    """All rows, page by page."""
    found, after = [], None
    while True:
        page, after = await store.rows(letters, "unseen", after=after)
        found += page
        if after is None:
            return found


async def test_rows_are_found_alike(
    new_collection: Callable[[], Collection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diversion_queries, "MOST_ROWS", 3)
    real, memory = new_collection(), Memory()
    await real.index(store.INDEXES[store.LETTERS])
    for one in (real, memory):
        await one.write(crowd())
    found = await paged(real)
    assert found == await paged(memory)
    assert [(row.first[1], row.newest, row.count) for row in found[:3]] == [
        ("D-0000", "D-0119", 120),
        ("D-0120", "D-0134", 3),
        ("D-0121", "D-0160", 4),
    ]
    assert len(found) == 9
    for one in (real, memory):
        named = [await store.first_unseen_of(one, who) for who in ("script", "w-1", "nobody")]
        assert named == ["D-0000", "D-0121", None]
