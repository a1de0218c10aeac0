"""How are the corrections of all letters found? From what was emitted, letter by letter."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

from services.router.domain.correcting import correction
from shared.contracts.envelope import Foreign, from_record
from shared.contracts.event import Event
from shared.contracts.topics import PROGRESS
from shared.platform.app.service import Corrections
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.stored_letter import LogEntry


def corrected(history: EventLog) -> Corrections:
    """A labelled case for each letter that people saw otherwise than the rules."""

    async def cases() -> AsyncIterator[Mapping[str, Any]]:
        async for letter, entries in history.stream({}):
            found = correction(letter, _facts(entries))
            if found is not None:
                yield found

    return cases


def _facts(entries: Iterable[LogEntry]) -> Iterator[Event]:
    """What the router itself said, in order. Raises: Unreadable, of what it can't have said."""
    for entry in entries:
        record = entry.record
        if record.topic == PROGRESS.name:
            kept = Foreign(record.key, record.value, record.headers)
            yield from_record(kept, topic=record.topic).data
