"""Asking and answering over a real broker: partitions, offsets and all."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shared.contracts.fields import MOST
from shared.contracts.topics import BY_NAME, RESENDS
from shared.platform.kafka.bus import Bus, Inbound, Outbound
from shared.platform.runtime.clock import utc_now
from tests.support.asking import request
from tests.support.builders import (
    BUREAU_TOPIC,
    LETTER,
    PROGRESS_TOPIC,
    SUBMITTED_TOPIC,
    asked,
    seals_of,
)
from tests.support.doubles import header
from tests.support.living import living
from tests.support.stack import Servers
from tests.support.waiting import until

NAMES = tuple(f"GD-TEST-{number:04}" for number in range(40))

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]


class Moved:
    """The clock, set forward by a test."""

    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.by


async def say(bus: Bus, raws: Sequence[Inbound | Outbound]) -> None:
    sent = [Outbound(one.topic, one.key, one.value, one.headers) for one in raws]
    assert set(await bus.send(sent)) == {None}


async def on(bus: Bus, topic: str) -> list[Inbound]:
    return await bus.read_all(topic, BY_NAME[topic].partitions)


async def copies(bus: Bus, topic: str, *, at_least: int) -> Counter[tuple[str, bytes]]:
    """The number of each id and content on the topic, once it holds that many records."""
    while len(found := await on(bus, topic)) < at_least:
        continue
    return Counter((header(one, "ce_id"), one.value) for one in found)


async def asked_for(bus: Bus) -> set[tuple[str, int, int]]:
    """Subjects and ranges of all requests."""
    wanted = [seals_of().read(one).envelope.data for one in await on(bus, RESENDS.name)]
    return {(one.subject, one.from_sequence, one.to_sequence) for one in wanted}


async def test_gaps_are_asked_for_and_requests_answered(
    own_servers: Servers, tmp_path: Path
) -> None:
    now, bus, settings = Moved(), own_servers.bus(), own_servers.settings(tmp_path)
    await bus.start()
    async with living(settings, now=now) as service:
        await say(bus, [asked(at, f"both-{at}", letter=name) for name in NAMES for at in (1, 4)])
        await copies(bus, PROGRESS_TOPIC, at_least=len(NAMES))
        consumer, gaps = service.shell.gaps.reading, service.shell.gaps
        assert consumer is not None
        homes = [Bus.place_of(SUBMITTED_TOPIC, name.encode()) for name in NAMES]
        await until(lambda: all(consumer.position(at) == consumer.end(at) for at in homes))

        assert await gaps.ask() == 0
        now.by = timedelta(seconds=61)
        assert await gaps.ask() == len(NAMES), "each is known to be in a partition of ours"
        assert await asked_for(bus) == {(name, 2, 3) for name in NAMES}
        assert await gaps.ask() == 0

        again = [asked(at, f"both-{at}", letter=name) for name in NAMES for at in (2, 3)]
        await say(bus, again)
        before = await copies(bus, PROGRESS_TOPIC, at_least=4 * len(NAMES))
        assert await gaps.ask() == 0
        found = await service.shell.documents.find({"gap_since": {"$lte": now()}})
        assert found == []

        storm = [request(2, 3, topic=PROGRESS_TOPIC, subject=name) for name in NAMES]
        await say(bus, [*storm, *storm, request(1, 9, subject=NAMES[0], topic=BUREAU_TOPIC)])
        after = await copies(bus, PROGRESS_TOPIC, at_least=sum(before.values()) + 2 * len(NAMES))
        await copies(bus, BUREAU_TOPIC, at_least=4 * len(NAMES) + 4)
        assert after.keys() == before.keys(), "byte for byte, under the same ids"

        await say(bus, [request(1, MOST, subject="all", topic=BUREAU_TOPIC)])
        before = await copies(bus, BUREAU_TOPIC, at_least=4 * len(NAMES) + 4)
        await until(lambda: service.shell.resends._whole == {BUREAU_TOPIC})
    async with living(settings, now=now):
        whole = await copies(bus, BUREAU_TOPIC, at_least=8 * len(NAMES) + 4)
    assert whole == before + Counter(before.keys()), "the next process sent what this one owed"
    await bus.stop()


async def test_a_process_has_read_all_though_most_of_what_it_reads_is_empty(
    own_servers: Servers, tmp_path: Path
) -> None:
    bus, settings = own_servers.bus(), own_servers.settings(tmp_path)
    await bus.start()
    await say(bus, [asked(1)])
    async with living(settings) as service:
        await until(service.shell.has_read_all)
        assert await service.shell.documents.one({"_id": LETTER})
    await bus.stop()
