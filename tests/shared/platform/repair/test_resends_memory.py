"""A whole log is sent again in bounded memory, however long it is and however large its entries."""

import tracemalloc
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from typing_extensions import override

from shared.platform.kafka.bus import Outbound
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.sender import MOST_REMEMBERED, Sender
from shared.platform.letters.stored_letter import LogEntry
from shared.platform.repair.incarnations import CHUNK_BYTES, resend_log
from tests.support.budget import budget
from tests.support.doubles import Memory, MemoryBus

TOPIC = "letters.progress"
ENTRIES_EACH = 20
STEP = 5_000
AT = datetime(2026, 11, 24, tzinfo=UTC)


class Endless(EventLog):
    """A log that is made while it is read."""

    def __init__(self, letters: int, *, value_bytes: int = 40) -> None:
        super().__init__(Memory(), moved=Memory(), asked=Memory())
        self._count = letters
        self._value_bytes = value_bytes

    @override
    async def stream(self, where: Mapping[str, Any]) -> AsyncIterator[tuple[str, list[LogEntry]]]:
        for number in range(self._count):
            letter = f"GD-{number:08}"
            yield letter, [self._entry(letter, sequence) for sequence in range(ENTRIES_EACH)]

    def _entry(self, letter: str, sequence: int) -> LogEntry:
        name = f"{TOPIC}/{letter}/{sequence}".encode()
        record = Outbound(TOPIC, letter.encode(), bytes(self._value_bytes), (("ce_id", name),))
        return LogEntry(record, "gd.mailbox.letter.received.v1", sequence, "", AT)


class Sink(MemoryBus):
    """A broker that keeps nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.largest = 0
        self.memory: list[int] = []
        """Bytes allocated after each `STEP` records."""

    @override
    async def send(self, records: Sequence[Outbound]) -> list[BaseException | None]:
        self.count += len(records)
        self.largest = max(self.largest, sum(len(one.value) for one in records))
        if tracemalloc.is_tracing() and self.count // STEP > len(self.memory):
            self.memory.append(tracemalloc.get_traced_memory()[0])
        return [None] * len(records)


@pytest.fixture
def sink() -> Sink:
    return Sink()


async def test_memory_is_flat_however_many_entries_there_are(sink: Sink) -> None:
    """A million entries used to fill a container of 512 MiB, and the resend began again."""
    letters = budget(10_000, quick=7_000)
    tracemalloc.start()
    try:
        await resend_log(Endless(letters), Sender(sink), topics={TOPIC})
    finally:
        tracemalloc.stop()
    assert sink.count == letters * ENTRIES_EACH
    steady = sink.memory[MOST_REMEMBERED * 2 // STEP :]
    assert max(steady) - min(steady) < 1 << 20, sink.memory


async def test_large_entries_are_sent_in_smaller_steps(sink: Sink) -> None:
    await resend_log(Endless(20, value_bytes=200_000), Sender(sink), topics={TOPIC})
    assert sink.count == 400
    assert sink.largest < 2 * CHUNK_BYTES
