"""What people did on a day, from the router's log: for auditors.

Only codes, numbers and opaque ids of staff. Letters are found by when they last changed, so that
every letter with an event of that day is read, and few others if the day is recent.
"""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from typing import Any, Final

from services.router.store.overview import CHANGED
from shared.contracts.keys_v1 import HOLDERS, KeyChanged
from shared.contracts.topics import KEYS, PROGRESS
from shared.kernel.civil import ONE_DAY, passes_at
from shared.platform.crypto.signed_exports import Line
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.stored_letter import LogEntry
from shared.platform.mongo.database import Document

PREFIX: Final = "gd.mailbox."


async def acts_on(
    day: date, history: EventLog, *, seen: Document, most: int | None = None
) -> AsyncIterator[Line]:
    """Yield what staff did on that day (Asia/Shanghai), letter by letter, then changes of keys.

    `seen`: the filter for the letters that the auditor may find. `most`: letters read. Raises:
    DatabaseFault.
    """
    start, end = passes_at(day - ONE_DAY), passes_at(day)
    read = 0
    async for letter, entries in history.stream({CHANGED: {"$gte": start}, **seen}):
        for line in _acts(letter, entries):
            if start <= _at(line) < end:
                yield line
        read += 1
        if most is not None and read >= most:
            return


async def key_changes_on(day: date, history: EventLog) -> AsyncIterator[Line]:
    """Yield the public keys that people entered or retired on that day. Raises: DatabaseFault."""
    start, end = passes_at(day - ONE_DAY), passes_at(day)
    async for line in key_changes(history, since=start):
        if _at(line) < end:
            yield line


async def key_changes(history: EventLog, *, since: datetime) -> AsyncIterator[Line]:
    """Yield all changes of public keys since then, holder by holder. Raises: DatabaseFault."""
    async for holder, entries in history.stream({"_id": {"$in": list(HOLDERS)}}):
        for entry in entries:
            if entry.record.topic == KEYS.name and entry.at >= since:
                yield _key_line(holder, entry)


def _acts(letter: str, entries: list[LogEntry]) -> Iterator[Line]:
    for entry in entries:
        if entry.record.topic != PROGRESS.name or entry.record.value is None:
            continue
        data: dict[str, Any] = json.loads(entry.record.value)
        by = data.get("by") or {}
        if by.get("staff") is not None:
            yield {
                "at": data.get("at") or _written(entry.at),
                "letter": letter,
                "event": entry.type.removeprefix(PREFIX).rpartition(".")[0],
                "sequence": entry.sequence,
                "role": by.get("role"),
                "bureau": by.get("bureau"),
                "staff": by.get("staff"),
            }


def _key_line(holder: str, entry: LogEntry) -> Line:
    change = KeyChanged.model_validate_json(entry.record.value or b"")
    return {
        "at": _written(entry.at),
        "holder": holder,
        "event": "key.changed",
        "kid": change.kid,
        "fingerprint": change.fingerprint,
        "retired": change.retired is not None,
        "proposed_by": change.entered_by[0],
        "confirmed_by": change.entered_by[1],
    }


def _at(line: Line) -> datetime:
    return datetime.fromisoformat(line["at"])


def _written(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
