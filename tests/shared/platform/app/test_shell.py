"""The shell over a real broker and a real database: two hundred letters, a restart, and amnesia."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.contracts.topics import BY_NAME
from shared.platform.app import service as module
from shared.platform.kafka.bus import Bus, Inbound, Outbound
from shared.platform.runtime.clock import utc_now
from tests.support.builders import (
    BUREAU_TOPIC,
    PROGRESS_TOPIC,
    action,
    asked,
)
from tests.support.doubles import header
from tests.support.living import living
from tests.support.samples import summed
from tests.support.stack import Servers

NAMES = tuple(f"GD-TEST-{number:04}" for number in range(200))

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]


class Watch:
    """The number of inputs by outcome since the last call."""

    def __init__(self) -> None:
        self._before: dict[str, float] = {}
        self.since()

    def since(self) -> dict[str, int]:
        """By outcome, zeros left out."""
        now = {
            name: summed("mailbox_shell_inputs_total", outcome=name)
            for name in ("applied", "repeated", "early")
        }
        found = {name: round(now[name] - self._before.get(name, 0)) for name in now}
        self._before = now
        return {name: count for name, count in found.items() if count}


async def say(bus: Bus, raws: Sequence[Inbound]) -> None:
    """Send these, as their writers do, or send again."""
    sent = [Outbound(one.topic, one.key, one.value, one.headers) for one in raws]
    assert set(await bus.send(sent)) == {None}


async def on(bus: Bus, topic: str) -> dict[str, set[bytes]]:
    """By event id: the contents on the topic."""
    found: dict[str, set[bytes]] = {}
    for one in await bus.read_all(topic, BY_NAME[topic].partitions):
        found.setdefault(header(one, "ce_id"), set()).add(one.value)
    return found


async def when_on(bus: Bus, topic: str, count: int) -> dict[str, set[bytes]]:
    """The topic's content once it holds that many different events."""
    async with asyncio.timeout(60):
        while len(found := await on(bus, topic)) < count:
            continue
    assert all(len(contents) == 1 for contents in found.values()), "one content for each id"
    return found


@pytest.mark.slow
async def test_two_hundred_letters_a_restart_and_a_broker_that_forgets(
    own_servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_S", 0.5)
    settings, bus, watch = own_servers.settings(tmp_path), own_servers.bus(), Watch()
    await bus.start()
    first = [asked(at, f"both-{at}", letter=name) for name in NAMES for at in (1, 2)]
    acts = [action("act", name=name, letter=name) for name in NAMES]
    async with living(settings):
        await say(bus, [*first, *acts])
        await when_on(bus, PROGRESS_TOPIC, 600)
        await when_on(bus, BUREAU_TOPIC, 600)
    assert watch.since() == {"applied": 600}

    third = [asked(3, letter=name) for name in NAMES]
    async with living(settings) as service:
        await asyncio.sleep(1)
        assert watch.since() == {}, "what was committed is not read again"
        await say(bus, third)
        progress = await when_on(bus, PROGRESS_TOPIC, 800)
        bureau = await on(bus, BUREAU_TOPIC)
        assert watch.since() == {"applied": 200}

        await own_servers.restart_broker()
        assert await when_on(bus, PROGRESS_TOPIC, 800) == progress
        assert await when_on(bus, BUREAU_TOPIC, 600) == bureau
        await say(bus, [*first, *third, *(asked(4, letter=name) for name in NAMES)])
        assert (await when_on(bus, PROGRESS_TOPIC, 1_000)).keys() > progress.keys()
        counted = watch.since()
        assert counted.get("applied") == 200
        assert counted.get("repeated", 0) >= 600
        kept = await service.shell.documents.find({"unsent_since": {"$lte": utc_now()}})
        assert kept == [], "everything is known to be acknowledged"
    await bus.stop()
