"""Listener on the router's progress topic that collects the numbers of letters with news.

Reading every letter again and again would cost more than all the other work of the demo.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from shared.contracts.topics import PROGRESS
from shared.platform.kafka.bus import Bus, BusFault
from shared.platform.kafka.kafka_options import kafka_options
from shared.platform.runtime.settings import KafkaSettings, kafka_values

AGAIN_S = 1.0


class HeardLetters:
    """Collects the numbers of letters with new events since the last `take`."""

    def __init__(self) -> None:
        self.count = 0
        """Number of records received."""
        self._numbers: set[str] = set()
        self._read_to: dict[int, int] = {}

    def take(self) -> set[str]:
        """Return the collected numbers, each once, and start over."""
        taken, self._numbers = self._numbers, set()
        return taken

    async def listen(self, bus: Bus) -> None:
        """Follow the topic until cancelled; a broker may disappear and come back empty."""
        while True:
            with suppress(BusFault):
                await self._hear(bus)
            self._read_to.clear()
            await asyncio.sleep(AGAIN_S)

    async def _hear(self, bus: Bus) -> None:
        async for batch in bus.follow(PROGRESS.name, PROGRESS.partitions):
            for record in batch:
                if record.offset > self._read_to.get(record.partition, -1):
                    self._read_to[record.partition] = record.offset
                    self.count += 1
                    self._numbers.add(record.key.decode("ascii", "replace"))


@asynccontextmanager
async def hearing(environment: Mapping[str, str]) -> AsyncIterator[HeardLetters]:
    """Listen during the block; `environment` holds the broker's address and the sign-in."""
    settings = KafkaSettings.model_validate(kafka_values(environment))
    heard = HeardLetters()
    listening = asyncio.create_task(
        heard.listen(Bus(kafka_options(settings), producer={}, consumer={}))
    )
    try:
        yield heard
    finally:
        listening.cancel()
        await asyncio.wait({listening})
