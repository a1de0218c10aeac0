"""Of which letters is there news? Heard on the topic on which the router says what it did.

Reading every letter again and again would cost more than all that happens to them.
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
    """Numbers of the letters of which something was said since somebody last asked."""

    def __init__(self) -> None:
        self.count = 0
        """How many records were heard."""
        self._numbers: set[str] = set()
        self._read_to: dict[int, int] = {}

    def take(self) -> set[str]:
        """Those numbers, each once."""
        taken, self._numbers = self._numbers, set()
        return taken

    async def listen(self, bus: Bus) -> None:
        """Hear until cancelled; a broker that went away may come back as another."""
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
    """What is heard during the block; `environment`: the broker, and who listens."""
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
