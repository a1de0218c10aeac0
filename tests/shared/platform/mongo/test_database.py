"""The database wrapper: durable writes, majority reads, and faults that say retry."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC

import pytest
import pytest_asyncio

from deploy.local.stack.ports import free_ports
from shared.platform.mongo import database as module
from shared.platform.mongo.database import (
    Collection,
    Database,
    DatabaseAway,
    DatabaseFault,
    Index,
    Insert,
    Update,
    Upsert,
)
from tests.support.doubles import START
from tests.support.stack import Servers
from tests.support.waiting import until


@pytest_asyncio.fixture
async def database(servers: Servers) -> AsyncIterator[Database]:
    opened = servers.database()
    yield opened
    opened.close()


@pytest.mark.real
async def test_a_database_answers(database: Database) -> None:
    await asyncio.wait_for(database.ping(), 5)


@pytest.mark.real
async def test_instants_come_back_in_utc_and_octets_as_they_were(database: Database) -> None:
    kept = database.collection("things")
    await kept.write([Insert({"_id": "a", "at": START, "octets": b"\x00\x01"})])
    found = await kept.one({"_id": "a"})
    assert found is not None
    assert found["at"] == START
    assert found["at"].astimezone(UTC).tzinfo is UTC
    assert found["octets"] == b"\x00\x01"


@pytest.mark.real
async def test_collections_keep_apart(database: Database) -> None:
    await database.collection("one").write([Insert({"_id": "a"})])
    assert await database.collection("two").find({}) == []


@pytest.mark.real
async def test_databases_keep_apart(database: Database, servers: Servers) -> None:
    await database.collection("one").write([Insert({"_id": "a"})])
    other = servers.database()
    assert await other.collection("one").find({}) == []
    other.close()


@pytest.mark.real
async def test_indexes_are_made_with_their_options(database: Database) -> None:
    kept = database.collection("things")
    await kept.write([Insert({"_id": "a"})])
    await kept.index(
        [Index((("a", 1), ("b", -1)), sparse=True), Index((("t", 1),), expire_after_s=9)]
    )
    made = await kept._motor.index_information()
    assert made["a_1_b_-1"]["sparse"] is True
    assert made["t_1"]["expireAfterSeconds"] == 9


@pytest.mark.real
async def test_an_index_is_lacking_that_is_not_there_or_is_another(database: Database) -> None:
    kept = database.collection("things")
    await kept.write([Insert({"_id": "a"})])
    there = [Index((("a", 1), ("b", -1)), sparse=True), Index((("t", 1),), expire_after_s=9)]
    assert await kept.lacks(there) == there
    await kept.index(there)
    assert await kept.lacks(there) == []
    others = [Index((("a", 1), ("b", 1)), sparse=True), Index((("t", 1),)), Index((("c", 1),))]
    assert await kept.lacks(others) == others


def test_writes_are_journalled_by_a_majority_and_reads_are_of_it() -> None:
    opened = Database("mongodb://127.0.0.1:9/?w=1&journal=false", "mailbox_test")
    native = opened.collection("letters")._motor
    assert native.write_concern.document == {"w": "majority", "j": True}
    assert native.read_concern.document == {"level": "majority"}
    opened.close()


async def test_a_database_that_is_away_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SELECTION_TIMEOUT_MS", 50)
    opened = Database(f"mongodb://127.0.0.1:{free_ports().mongo}/", "mailbox_test")
    kept = opened.collection("letters")
    for asking in (
        opened.ping,
        lambda: kept.find({}),
        lambda: kept.one({}),
        lambda: kept.write([Insert({"_id": "a"}), Update({"_id": "b"}, {"$set": {"n": 1}})]),
        lambda: kept.index([Index((("a", 1),))]),
        lambda: anext(kept.stream({})),
    ):
        with pytest.raises(DatabaseFault):
            await asyncio.wait_for(asking(), 5)
    opened.close()


async def test_once_it_is_known_to_be_away_nothing_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first operation waits for a selection; without the check, each of the others would."""
    monkeypatch.setattr(module, "SELECTION_TIMEOUT_MS", 200)
    opened = Database(f"mongodb://127.0.0.1:{free_ports().mongo}/", "mailbox_test")
    was_away, kept = opened.is_away, opened.collection("letters")
    assert not was_away, "nobody has looked yet"
    with pytest.raises(DatabaseFault) as fault:
        await kept.find({})
    assert not isinstance(fault.value, DatabaseAway)
    assert opened.is_away
    for asking in (
        lambda: kept.find({}),
        lambda: kept.one({}),
        lambda: kept.write([Insert({"_id": "a"})]),
        lambda: kept.index([Index((("a", 1),))]),
        lambda: anext(kept.stream({})),
    ):
        with pytest.raises(DatabaseAway):
            await asking()
    assert (await kept.write([])).matched == 0
    opened.close()


@pytest.mark.real
async def test_one_that_was_killed_is_found_again(own_servers: Servers) -> None:
    with closing(own_servers.database()) as database:
        kept = database.collection("things")
        await kept.write([Insert({"_id": "a"})])
        pid = own_servers.stack.pids["database"]
        os.kill(pid, signal.SIGKILL)
        await own_servers.stack.replaced("database", pid)
        await asyncio.wait_for(_found(kept), 20)


@pytest.mark.real
async def test_one_that_is_frozen_is_away_and_holds_nobody(own_servers: Servers) -> None:
    with closing(own_servers.database()) as database:
        kept = database.collection("things")
        await kept.write([Insert({"_id": "a"})])
        pid = own_servers.stack.pids["database"]
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.wait_for(_not_found(kept), 20)
            await until(lambda: database.is_away)
            with pytest.raises(DatabaseAway):
                await kept.find({})
        finally:
            os.kill(pid, signal.SIGCONT)
        await asyncio.wait_for(_found(kept), 20)


async def _not_found(kept: Collection) -> None:
    """Return when a look for it fails; a signal takes effect a moment after it is sent."""
    while True:
        try:
            await kept.find({})
        except DatabaseFault:
            return


async def _found(kept: Collection) -> None:
    """Return when the document is read."""
    while True:
        try:
            assert await kept.find({}) == [{"_id": "a"}]
        except DatabaseFault:
            await asyncio.sleep(0.05)
        else:
            return


@pytest.mark.real
async def test_an_upsert_with_a_limit_is_applied_so_often_by_all_together(
    database: Database,
) -> None:
    kept = database.collection("things")
    add = Upsert("a", {"$inc": {"x/1": 1}}, at_most={"x/1": 2})
    first, *others = await asyncio.gather(
        *(kept.write([add, Upsert("b", {"$inc": {"x": 1}})]) for _ in range(9))
    )
    results = [first, *others, *[await kept.write([add]) for _ in range(3)]]
    assert sum(0 not in result.taken for result in results) == 3
    assert sum(0 in result.upserted for result in results) == 1
    assert await kept.one({"_id": "a"}) == {"_id": "a", "x/1": 3}


@pytest.mark.real
async def test_what_matches_is_counted_up_to_a_bound(database: Database) -> None:
    kept = database.collection("things")
    await kept.index([Index((("is", 1), ("at", 1)))])
    await kept.write([Insert({"_id": str(n), "is": "a", "at": n}) for n in range(7)])
    assert await kept.count({"is": "a"}, most=100) == 7
    assert await kept.count({"is": "a"}, most=3) == 3
    assert await kept.count({"is": "a", "at": {"$gt": 4}}, most=100) == 2
    assert await kept.count({"is": "b"}, most=100) == 0
