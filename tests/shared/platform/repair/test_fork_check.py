"""A database that was put back to an earlier copy never numbers events that readers have seen."""

import asyncio
import copy
from collections.abc import AsyncGenerator, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError
from typing_extensions import override

from shared.platform.app.service import Service
from shared.platform.app.shell import CURRENT
from shared.platform.kafka.bus import Inbound, Outbound
from shared.platform.repair.fork_check import MARGIN, DatabaseBehind
from tests.support.builders import LETTER, PROGRESS_TOPIC, told
from tests.support.consuming import ConsumingBus
from tests.support.doubles import START, Hook
from tests.support.household import House
from tests.support.topics import bootstrapped

pytestmark = pytest.mark.usefixtures("swept")


class StampedBus(ConsumingBus):
    """A broker that can look up instants; every record came at the start."""

    meanwhile: Hook | None = None
    """What others do before the topics are read."""

    @override
    async def since(
        self, topics: Iterable[str], instant: datetime | None
    ) -> AsyncGenerator[list[Inbound], None]:
        if self.meanwhile:
            await self.meanwhile()
        if instant is None or instant <= START:
            async for batch in super().since(topics, instant):
                yield batch


@pytest.fixture
def bus() -> StampedBus:
    return bootstrapped(StampedBus())


@pytest.fixture
def house(tmp_path: Path, bus: StampedBus) -> House:
    return House(tmp_path, bus=bus)


async def say(service: Service, *notes: str) -> None:
    """Keep and send these."""
    letters = service.shell.letters
    await letters.send(await letters.decide_and_store([told(note) for note in notes]))


@pytest.fixture
async def restored(house: House) -> House:
    """Two events are on the topic; the database is put back to when there was one."""
    service = house.build()
    await say(service, "a")
    before = copy.deepcopy(house.documents.kept)
    await say(service, "b")
    house.documents.kept = before
    return house


# --- what is compared ----------------------------------------------------------------------------


async def test_a_database_that_was_put_back_is_refused(restored: House) -> None:
    with pytest.raises(DatabaseBehind) as found:
        await restored.build().shell.connect()
    behind = found.value
    assert (behind.topic, behind.subject) == (PROGRESS_TOPIC, LETTER)
    assert (behind.on_topic, behind.in_database) == (2, 1)
    assert not restored.bus.is_up, "nothing can be sent"
    assert "docs/runbooks/restored.md" in str(behind)


async def test_an_empty_database_with_full_topics_is_refused(house: House) -> None:
    await say(house.build(), "a")
    house.documents.kept.clear()
    with pytest.raises(DatabaseBehind):
        await house.build().shell.connect()


async def test_a_database_ahead_of_its_topics_is_current(house: House) -> None:
    """The local broker is empty after each start, and stored events may not be sent yet."""
    await say(house.build(), "a")
    house.bus.topics.clear()
    bootstrapped(house.bus, "i-2")
    await house.build().shell.connect()
    await house.build().shell.letters.decide_and_store([told("b")])
    await house.build().shell.connect()


async def test_what_was_sent_again_is_no_news(house: House) -> None:
    service = house.build()
    await say(service, "a", "b")
    house.bus.topics[PROGRESS_TOPIC] += house.bus.topics[PROGRESS_TOPIC][:1]
    await house.build().shell.connect()


async def test_what_other_replicas_send_meanwhile_is_no_news(house: House, bus: StampedBus) -> None:
    other = house.build()
    bus.meanwhile = lambda: say(other, "a")
    await house.build().shell.connect()
    assert house.bus.ids(PROGRESS_TOPIC), "it was compared"


async def test_records_that_are_no_events_of_ours_are_passed_over(house: House) -> None:
    await say(house.build(), "a")
    (event,) = house.bus.topics[PROGRESS_TOPIC]
    headers = tuple((name, b"9" if name == "ce_sequence" else one) for name, one in event.headers)
    house.bus.topics[PROGRESS_TOPIC] += [
        Outbound(PROGRESS_TOPIC, event.key, event.value, headers),
        Outbound(PROGRESS_TOPIC, b"somebody", b"", ()),
    ]
    await house.build().shell.connect()


async def test_a_record_of_another_source_proves_nothing(house: House) -> None:
    await say(house.build(), "a")
    event = house.bus.topics[PROGRESS_TOPIC][-1]
    others = [one for one in event.headers if one[0] != "ce_source"]
    forged = Outbound(
        PROGRESS_TOPIC, event.key, event.value, (*others, ("ce_source", b"/bureaus/foshan"))
    )
    house.documents.kept.clear()
    house.bus.topics[PROGRESS_TOPIC] = [forged]
    await house.build().shell.connect()
    house.bus.topics[PROGRESS_TOPIC] = [event]
    with pytest.raises(DatabaseBehind):
        await house.build().shell.connect()


# --- how much is read ----------------------------------------------------------------------------


async def test_a_start_reads_what_came_since_the_last_note_less_a_margin(house: House) -> None:
    service = house.build()
    await service.shell.connect()
    house.clock.pass_by(seconds=MARGIN.total_seconds())
    await service.shell.fork_check.note()
    await say(service, "a")
    house.documents.kept.clear()
    with pytest.raises(DatabaseBehind):
        await house.build().shell.connect()
    house.clock.pass_by(seconds=1)
    await service.shell.fork_check.note()
    await house.build().shell.connect()


async def test_a_note_that_was_put_back_is_left_as_it_is(house: House) -> None:
    """Else a process that saw its database put back would vouch for the copy."""
    service = house.build()
    await service.shell.connect()
    notes = house.database.collection(CURRENT)
    before = copy.deepcopy(notes.kept)
    house.clock.pass_by(seconds=60)
    await service.shell.fork_check.note()
    assert notes.kept["current"]["at"] == START + timedelta(seconds=60)
    notes.kept = before
    house.clock.pass_by(seconds=60)
    await service.shell.fork_check.note()
    assert notes.kept["current"]["at"] == START


async def test_whoever_has_not_compared_notes_nothing(house: House) -> None:
    await house.build().shell.fork_check.note()
    assert not house.database.collection(CURRENT).kept


# --- at the start --------------------------------------------------------------------------------


async def test_a_service_ends_before_it_keeps_anything(restored: House) -> None:
    began = asyncio.Event()

    async def loop() -> None:
        began.set()
        await asyncio.Event().wait()

    restored.loops = (loop,)
    service = restored.build()
    with pytest.raises(ExceptionGroup) as ended:
        await asyncio.wait_for(service.run(), 8)
    assert ended.group_contains(DatabaseBehind)
    assert not began.is_set()
    assert not service.ready.parts["database"]


@pytest.mark.parametrize("fault", [KafkaConnectionError(), TimeoutError()])
async def test_where_the_broker_is_away_it_is_compared_before_anything_is_sent(
    restored: House, fault: Exception
) -> None:
    restored.bus.faults.append(fault)
    service = restored.build()
    with pytest.raises(ExceptionGroup) as ended:
        await asyncio.wait_for(service.run(), 8)
    assert ended.group_contains(DatabaseBehind)
    assert service.ready.parts["database"], "requests were taken meanwhile"
    assert len(restored.bus.ids(PROGRESS_TOPIC)) == 2
