"""A service resends before it consumes, begins again on topics made anew, and stops in order."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka.errors import KafkaConnectionError

from shared.platform import service as module
from shared.platform.documents import INDEXES
from shared.platform.incarnations import TopicsMissing
from shared.platform.service import Readiness
from shared.platform.shell import INCARNATIONS
from tests.support.builders import (
    LETTER,
    PROGRESS_TOPIC,
    asked,
    told,
)
from tests.support.doubles import MemoryDatabase
from tests.support.household import House
from tests.support.topics import bootstrapped
from tests.support.waiting import until


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Incarnations are looked at all the time."""
    monkeypatch.setattr(module, "CHECK_S", 0.005)


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """A process that ends by a fault leaves its socket to the system; here nobody else does."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


EVENT = f"{PROGRESS_TOPIC}/{LETTER}/1"


# --- incarnations --------------------------------------------------------------------------------


async def test_what_is_in_the_log_is_resent_before_anything_is_consumed(house: House) -> None:
    first = house.build()
    await first.shell.letters.keep([told("x")])
    order: list[str] = []

    async def look() -> None:
        order.append("consumed" if house.bus.consumers else "resent")

    house.bus.before_send.append(look)
    async with house.consuming():
        await until(lambda: house.bus.ids(PROGRESS_TOPIC))
    assert order == ["resent"]
    assert house.bus.ids(PROGRESS_TOPIC) == [EVENT]


async def test_on_topics_that_it_knows_nothing_is_resent(house: House) -> None:
    house.bus.put(asked(1))
    async with house.consuming():
        await until(lambda: house.bus.commits)
    async with house.consuming() as service:
        await until(lambda: service.ready.parts["consuming"])
    assert house.bus.ids(PROGRESS_TOPIC) == [EVENT]


async def test_a_resend_that_died_is_done_again(house: House) -> None:
    """Between resend and remembering nothing tells that it was done: so it is done again."""
    await house.build().shell.letters.keep([told("x")])
    house.database.collection(INCARNATIONS).failures.append("before")
    service = house.build()
    with pytest.raises(Exception, match="went away"):
        await service._consume(asyncio.Event())
    assert house.bus.ids(PROGRESS_TOPIC) == [EVENT]
    async with house.consuming() as again:
        await until(lambda: again.ready.parts["consuming"])
    assert house.bus.ids(PROGRESS_TOPIC) == [EVENT, EVENT]


async def test_a_resend_that_failed_is_not_remembered(house: House) -> None:
    await house.build().shell.letters.keep([told("x")])
    house.bus.fates.append("refused")
    with pytest.raises(Exception, match="KafkaTimeoutError"):
        await house.build()._consume(asyncio.Event())
    assert house.database.collection(INCARNATIONS).kept == {}


async def test_topics_made_anew_under_it_are_filled_and_read_from_the_beginning(
    house: House,
) -> None:
    house.bus.put(asked(1), asked(2))
    async with house.consuming() as service:
        await until(lambda: len(house.bus.ids(PROGRESS_TOPIC)) == 2)
        await until(lambda: house.bus.commits)
        house.bus.topics.clear()
        house.bus.partitioned.clear()
        bootstrapped(house.bus, "i-2")
        await until(lambda: len(house.bus.ids(PROGRESS_TOPIC)) == 2)
        assert house.bus.consumers[0].is_stopped
        house.bus.put(asked(1), asked(2), asked(3))
        await until(lambda: f"{PROGRESS_TOPIC}/{LETTER}/3" in house.bus.ids(PROGRESS_TOPIC))
        assert service.ready.parts["consuming"]
    assert house.documents.kept[LETTER]["seen"] == {"submitted": 3}
    assert house.bus.commits[house.bus.place_of(asked(1))].metadata == "i-2"


async def test_the_old_consumer_has_ended_before_the_log_is_read(house: House) -> None:
    house.bus.put(asked(1))
    stopped: list[bool] = []
    async with house.consuming():
        await until(lambda: house.bus.commits)

        async def look() -> None:
            stopped.append(house.bus.consumers[0].is_stopped)

        house.bus.before_send.append(look)
        house.bus.topics.clear()
        bootstrapped(house.bus, "i-2")
        await until(lambda: stopped)
    assert stopped == [True]


@pytest.mark.parametrize("fault", [KafkaConnectionError(), TopicsMissing("none")])
async def test_a_check_that_fails_is_made_again(house: House, fault: Exception) -> None:
    async with house.consuming() as service:
        await until(lambda: service.ready.parts["consuming"])
        house.bus.faults.append(fault)
        await until(lambda: not house.bus.faults)
        await asyncio.sleep(0.02)
        assert service.ready.parts["consuming"]
        assert len(house.bus.consumers) == 1


async def test_a_rebalance_looks_at_the_incarnations_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_S", 3_600)
    async with house.consuming() as service:
        await until(lambda: service.ready.parts["consuming"])
        await asyncio.sleep(0.02)
        house.bus.topics.clear()
        bootstrapped(house.bus, "i-2")
        await house.bus.consumers[0].rebalance()
        await until(lambda: len(house.bus.consumers) == 2)


# --- a whole life --------------------------------------------------------------------------------


async def test_a_whole_life(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    looped: list[str] = []

    async def loop() -> None:
        looped.append("began")
        await asyncio.Event().wait()

    house.loops = (loop,)
    house.bus.faults += [KafkaConnectionError()]
    house.bus.put(asked(1))
    service = house.build()
    living = asyncio.create_task(service.run())
    await until(lambda: house.bus.commits and all(service.ready.parts.values()))
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{house.port}/hello")
    assert answer.text == '"good day"'
    await service.shell.commands.tell(told("x"))
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(living, 8)
    assert looped == ["began"]
    assert house.closed == ["wiring"]
    assert not house.bus.is_up
    assert [one.keys for one in house.documents.indexes] == [one.keys for one in INDEXES]
    assert house.bus.ids(PROGRESS_TOPIC) == [EVENT, f"{PROGRESS_TOPIC}/{LETTER}/2"]


async def test_a_loop_that_ends_ends_the_process(house: House) -> None:
    async def loop() -> None:
        await asyncio.sleep(0)

    house.loops = (loop,)
    with pytest.raises(ExceptionGroup) as ended:
        await asyncio.wait_for(house.build().run(), 8)
    assert ended.group_contains(RuntimeError, match="ended")
    assert house.closed == ["wiring"]


async def test_a_database_that_never_comes_ends_the_start(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START_PATIENCE_S", 0.05)
    house.bus.faults += [KafkaConnectionError()] * 1_000
    with pytest.raises(ExceptionGroup) as ended:
        await asyncio.wait_for(house.build().run(), 8)
    assert ended.group_contains(KafkaConnectionError)


def test_nobody_is_ready_before_the_start() -> None:
    parts: dict[str, Any] = asyncio.run(_ready())
    assert parts == {"database": False, "broker": False, "consuming": False}


async def test_a_database_that_left_after_the_start_is_said_not_to_be_ready(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = house.build()
    await service._connect()
    assert (await service.ready())["database"]
    monkeypatch.setattr(MemoryDatabase, "is_away", True)
    parts = await service.ready()
    assert (parts["database"], parts["broker"]) == (False, True)
    monkeypatch.setattr(MemoryDatabase, "is_away", False)
    assert (await service.ready())["database"]


async def _ready() -> dict[str, Any]:
    return dict(await Readiness()())
