"""Times at which the router confirmed the levels of letters, read from its topic."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.contracts.progress_v1 import LetterEscalated
from shared.contracts.topics import PROGRESS
from shared.platform.kafka.bus import Bus
from tests.bench import topics
from tests.bench.topics import POLL_MS


class Heard:
    """The escalations so far; grows while it listens."""

    def __init__(self) -> None:
        self.levels: Counter[tuple[str, str, str]] = Counter()
        """By letter, clock and level."""
        self.at: dict[str, float] = {}
        """When each letter was escalated last, by `time.monotonic()`."""

    async def reach(self, count: int, *, within_s: float) -> None:
        """Return when that many letters were. Raises: TimeoutError."""
        async with asyncio.timeout(within_s):
            while len(self.at) < count:  # noqa: ASYNC110 - the topic is read by another task
                await asyncio.sleep(0.01)

    def note(self, letter: str, value: bytes) -> None:
        """One more."""
        said = json.loads(value)
        self.levels[letter, said["clock"], said["level"]] += 1
        self.at[letter] = time.monotonic()

    def clear(self) -> None:
        """Reset."""
        self.levels.clear()
        self.at.clear()


@asynccontextmanager
async def listening(bus: Bus) -> AsyncIterator[Heard]:
    """Hears all of them, from the beginning of the topic until the end of the block."""
    heard = Heard()
    task = asyncio.create_task(_listen(bus, heard))
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled() and (fault := task.exception()) is not None:
        raise fault


async def _listen(bus: Bus, heard: Heard) -> None:
    consumer = bus.consumer()
    await consumer.start()
    try:
        consumer.assign(ours := topics.partitions([PROGRESS.name]))
        await consumer.seek_to_beginning(*ours)
        while True:
            for fetched in (await consumer.getmany(timeout_ms=POLL_MS)).values():
                for one in fetched:
                    if dict(one.headers)["ce_type"].decode() == LetterEscalated.type:
                        heard.note(one.key.decode(), one.value)
    finally:
        await consumer.stop()
