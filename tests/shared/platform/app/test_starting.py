"""Requests are answered although database or broker are away, at the start or later."""

import asyncio
import os
import signal

import pytest
from aiokafka.errors import KafkaConnectionError
from pymongo.errors import AutoReconnect

from shared.platform.app import service as module
from tests.support.builders import LETTER, PROGRESS_TOPIC, told
from tests.support.doubles import MemoryDatabase
from tests.support.household import House
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("swept")


async def test_a_database_that_left_after_the_start_is_said_not_to_be_ready(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = house.build()
    await service._reach_database()
    await service._reach_broker()
    assert (await service.ready())["database"]
    monkeypatch.setattr(MemoryDatabase, "is_away", True)
    parts = await service.ready()
    assert (parts["database"], parts["broker"]) == (False, True)
    monkeypatch.setattr(MemoryDatabase, "is_away", False)
    assert (await service.ready())["database"]


async def test_before_the_database_answers_a_command_is_tried_and_nobody_kept_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_there = asyncio.Event()

    async def ping(_: MemoryDatabase) -> None:
        if not is_there.is_set():
            raise AutoReconnect("away")

    monkeypatch.setattr(MemoryDatabase, "ping", ping)
    service = house.build()
    living = asyncio.create_task(service.run())
    await asyncio.wait_for(service.shell.commands.execute(told("x")), 5)
    assert not any(service.ready.parts.values())
    is_there.set()
    await until(lambda: all(service.ready.parts.values()))
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(living, 8)
    assert set(house.bus.ids(PROGRESS_TOPIC)) == {f"{PROGRESS_TOPIC}/{LETTER}/1"}


async def test_a_database_that_never_comes_ends_the_start(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: MemoryDatabase) -> None:
        raise AutoReconnect

    monkeypatch.setattr(module, "START_PATIENCE_S", 0.05)
    monkeypatch.setattr(MemoryDatabase, "ping", away)
    with pytest.raises(ExceptionGroup) as ended:
        await asyncio.wait_for(house.build().run(), 8)
    assert ended.group_contains(AutoReconnect)


async def test_a_broker_that_is_away_stops_neither_the_face_nor_the_loops(house: House) -> None:
    house.bus.faults += [KafkaConnectionError()] * 1_000
    looped = asyncio.Event()

    async def loop() -> None:
        looped.set()
        await asyncio.Event().wait()

    house.loops = (loop,)
    service = house.build()
    living = asyncio.create_task(service.run())
    await asyncio.wait_for(looped.wait(), 5)
    await service.shell.commands.execute(told("x"))
    assert house.documents.kept[LETTER]["unsent"] == {"progress": 1}
    assert service.ready.parts == {"database": True, "broker": False, "consuming": False}
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(living, 8)
