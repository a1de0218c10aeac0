"""The door to the database: durable writes, majority reads, and faults that say retry."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC

import pytest
import pytest_asyncio

from deploy.local.ports import free_ports
from shared.platform import database as module
from shared.platform.database import Database, DatabaseFault, Index, Insert, Update, octets
from tests.support.doubles import START
from tests.support.stack import Servers


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
    await kept.write([Insert({"_id": "a", "at": START, "octets": octets(b"\x00\x01")})])
    found = await kept.one({"_id": "a"})
    assert found is not None
    assert found["at"] == START
    assert found["at"].astimezone(UTC).tzinfo is UTC
    assert bytes(found["octets"]) == b"\x00\x01"


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
