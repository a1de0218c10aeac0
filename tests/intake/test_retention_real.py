"""The real database finds what is due, and dates what nobody has dated, as memory does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.intake import store
from services.intake.domain import IntakeState
from services.intake.store.erasure_ledger import ErasureEntry, ErasureLedger
from services.intake.store.retention_queries import RETENTION_INDEXES
from shared.platform.mongo.database import Collection, Insert
from tests.intake.story import LETTER, NOON, OTHER
from tests.intake.test_retention import TABLE, ended
from tests.support.doubles import Memory
from tests.support.stack import new_collection, servers

pytestmark = [pytest.mark.real, pytest.mark.timeout(90)]

__all__ = ["new_collection", "servers"]

LATER = NOON + timedelta(days=2000)


async def _found(letters: Collection) -> tuple[Any, ...]:
    """An older version left one document, another table dated the next, and two are due."""
    await letters.index(RETENTION_INDEXES)
    fields = {"version": 1, "state": {"found_in": None}}
    due = {"erase_due": NOON, "erase_rule": "letters.words", "dated_by": TABLE.mark}
    kept = (
        {"_id": LETTER, **fields},
        {"_id": OTHER, **fields, "dated_by": "another table"},
        {"_id": "D-1", "version": 1, "state": {"found_in": LETTER}, **due},
        {"_id": "D-2", "version": 1, "state": {}, **due, "erase_due": NOON - timedelta(days=1)},
    )
    await letters.write([Insert(one) for one in kept])

    async def states(_: Sequence[str]) -> Mapping[str, IntakeState]:
        return {LETTER: ended(), OTHER: ended()}

    dated = await store.date_again(letters, states, table=TABLE)
    again = await store.date_again(letters, states, table=TABLE)
    return (
        dated,
        again,
        await store.due(letters, LATER),
        await store.due(letters, NOON),
        await store.next_due(letters, NOON),
        await store.overdue(letters, LATER),
        await store.diversions_about(letters, LETTER),
    )


async def test_both_databases_find_the_same(new_collection: Callable[[], Collection]) -> None:
    real = await _found(new_collection())
    assert real == await _found(Memory())
    assert real[:2] == (2, 0)
    assert real[3] == ["D-2", "D-1"]


async def test_the_ledger_gives_back_what_was_entered(
    new_collection: Callable[[], Collection],
) -> None:
    ledger = ErasureLedger(new_collection())
    first = ErasureEntry(LETTER, ("identity", "words"), "letters.words", "rule", NOON)
    second = ErasureEntry(OTHER, ("words",), "operator.order", "operator", LATER, "2031-5")
    for entry in (second, first):
        await ledger.begin(entry)
    assert await ledger.waiting(LATER) == [first, second]
    await ledger.finish(first)
    await ledger.finish(second, refused="out_of_order")
    assert await ledger.waiting(LATER) == []
    assert [one async for one in ledger.done()] == [first]
