"""A service resends before it consumes, restarts on recreated topics, and stops in order."""

import asyncio
import logging
import os
import signal
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import httpx
import pytest
from aiokafka.errors import KafkaConnectionError
from pymongo.errors import AutoReconnect
from typing_extensions import override

from shared.platform.app import retry
from shared.platform.app import service as module
from shared.platform.app.shell import INCARNATIONS
from shared.platform.consumer import partitions
from shared.platform.kafka.bus import Outbound
from shared.platform.letters.document_mapper import INDEXES
from shared.platform.repair.incarnations import TopicsMissing
from shared.platform.runtime.readiness import Readiness
from tests.support.builders import LETTER, PROGRESS_TOPIC, asked, told
from tests.support.consuming import ConsumingBus, FakeConsumer
from tests.support.household import House
from tests.support.topics import bootstrapped
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("swept")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Incarnations are looked at all the time."""
    monkeypatch.setattr(module, "CHECK_S", 0.005)
    monkeypatch.setattr(retry, "LONGEST_PAUSE_S", 0.005)


def asked_as_sent() -> Outbound:
    """Some record of no importance."""
    raw = asked(1)
    return Outbound(raw.topic, raw.key, raw.value, raw.headers)


EVENT = f"{PROGRESS_TOPIC}/{LETTER}/1"


# --- incarnations --------------------------------------------------------------------------------


async def test_what_is_in_the_log_is_resent_before_anything_is_consumed(house: House) -> None:
    first = house.build()
    await first.shell.letters.decide_and_store([told("x")])
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
    """A death between resend and its record: the resend is repeated."""
    await house.build().shell.letters.decide_and_store([told("x")])
    house.database.collection(INCARNATIONS).failures += [None, "before"]
    async with house.consuming() as service:
        await until(lambda: service.ready.parts["consuming"])
    assert house.bus.ids(PROGRESS_TOPIC) == [EVENT, EVENT]


async def test_a_resend_that_failed_is_not_remembered_and_made_again(house: House) -> None:
    await house.build().shell.letters.decide_and_store([told("x")])
    house.bus.fates.append("refused")
    remembered: list[str] = []

    async def look() -> None:
        noted = house.database.collection(INCARNATIONS).kept
        remembered.append(noted[PROGRESS_TOPIC]["incarnation"])

    house.bus.before_send += [look, look]
    async with house.consuming() as service:
        await until(lambda: service.ready.parts["consuming"])
    assert remembered == ["", ""]
    assert house.bus.ids(PROGRESS_TOPIC) == [EVENT]


@pytest.mark.parametrize("fault", [KafkaConnectionError(), TopicsMissing("none"), AutoReconnect()])
async def test_what_is_away_at_the_start_is_waited_for(house: House, fault: Exception) -> None:
    house.bus.faults += [fault] * 4
    async with house.consuming() as service:
        assert not service.ready.parts["consuming"]
        await until(lambda: service.ready.parts["consuming"])


async def test_topic_bootstrap_is_waited_for(house: House) -> None:
    house.bus.topics.clear()
    async with house.consuming() as service:
        await until(lambda: service.ready.parts["broker"])
        await asyncio.sleep(0.02)
        assert not house.bus.consumers
        bootstrapped(house.bus)
        await until(lambda: service.ready.parts["consuming"])


async def test_a_group_that_cannot_be_joined_is_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away(FakeConsumer):
        @override
        async def start(self) -> None:
            raise KafkaConnectionError

    monkeypatch.setattr(ConsumingBus, "consumer", lambda bus, _: Away(bus))
    async with house.consuming() as service:
        await asyncio.sleep(0.02)
        assert not service.ready.parts["consuming"]
        monkeypatch.undo()
        await until(lambda: service.ready.parts["consuming"])


async def test_a_send_that_failed_has_the_incarnations_looked_at(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_S", 3_600)
    async with house.consuming() as service:
        await until(lambda: service.ready.parts["consuming"])
        await asyncio.sleep(0.02)
        house.bus.topics.clear()
        bootstrapped(house.bus, "i-2")
        house.bus.fates.append("refused")
        await service.shell.sender.attempt([asked_as_sent()])
        await until(lambda: len(house.bus.consumers) == 2)


async def test_a_check_that_failed_is_made_again_soon(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_S", 3_600)
    monkeypatch.setattr(module, "AGAIN_S", 0.005)
    async with house.consuming() as service:
        await until(lambda: service.ready.parts["consuming"])
        await asyncio.sleep(0.02)
        house.bus.topics.clear()
        bootstrapped(house.bus, "i-2")
        house.bus.faults += [KafkaConnectionError(), KafkaConnectionError()]
        service.shell.sender.failed.set()
        await until(lambda: len(house.bus.consumers) == 2)


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
    assert house.bus.commits[house.bus.home_of(asked(1))].metadata == "i-2"


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


@pytest.mark.parametrize("patience", [nullcontext(), suppress(asyncio.CancelledError)])
async def test_a_check_that_hangs_or_swallows_its_end_holds_up_no_stop(
    house: House, monkeypatch: pytest.MonkeyPatch, patience: AbstractContextManager[None]
) -> None:
    hangs, partitions = asyncio.Event(), ConsumingBus.partitions

    async def never(bus: ConsumingBus, topics: Iterable[str]) -> dict[str, int]:
        hangs.set()
        with patience:
            await asyncio.Event().wait()
        return await partitions(bus, topics)

    async with house.consuming() as service:
        await until(lambda: service.ready.parts["consuming"])
        monkeypatch.setattr(ConsumingBus, "partitions", never)
        await asyncio.wait_for(hangs.wait(), 5)
    assert house.bus.consumers[0].is_stopped


async def test_a_client_that_fetches_no_more_is_replaced(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that came back from standing still polled for ever and was given nothing."""
    monkeypatch.setattr(partitions, "STARVED_S", 0.05)
    monkeypatch.setattr(partitions, "POLL_MS", 5)
    async with house.consuming() as service:
        house.bus.put(asked(1))
        await until(lambda: house.bus.commits)
        house.bus.consumers[-1].is_silent = True
        house.bus.put(asked(2))
        await until(lambda: len(house.bus.ids(PROGRESS_TOPIC)) == 2)
        await until(lambda: service.ready.parts["consuming"])
    assert [one.is_stopped for one in house.bus.consumers] == [True, True]


async def test_a_client_that_brings_empty_answers_is_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "STARVED_S", 0.05)
    monkeypatch.setattr(partitions, "POLL_MS", 5)
    async with house.consuming():
        await until(lambda: house.bus.consumers and house.bus.consumers[-1].empty_polls > 100)
    assert len(house.bus.consumers) == 1


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
    await service.shell.commands.execute(told("x"))
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


def test_nobody_is_ready_before_the_start() -> None:
    parts: dict[str, Any] = asyncio.run(_ready())
    assert parts == {"database": False, "broker": False, "consuming": False}


async def _ready() -> dict[str, Any]:
    return dict(await Readiness()())
