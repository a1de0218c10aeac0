"""The facts of one letter, from the router's log, for people who read its history."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.envelope import Foreign, from_record
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import RequestRefused
from shared.contracts.topics import PROGRESS
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.stored_letter import LogEntry


@dataclass(frozen=True)
class PastFact:
    """A fact, without its words."""

    number: int
    """Counted like `Letter.facts`: 1 is the letter's first; a refused request has the one before.
    """
    at: datetime
    fact: Fact
    cause: str
    """The id of the command or record that caused it."""


class History:
    """Reads facts from the router's log."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    async def of(self, letter: str) -> Sequence[PastFact]:
        """Return all facts of the letter, oldest first. Raises: DatabaseFault, Unreadable."""
        return list(_numbered((await self._log.of([letter])).get(letter, ())))


def _numbered(entries: Iterable[LogEntry]) -> Iterator[PastFact]:
    number = 0
    for entry in entries:
        if entry.record.topic != PROGRESS.name:
            continue
        kept = Foreign(entry.record.key, entry.record.value, entry.record.headers)
        fact = from_record(kept, topic=entry.record.topic).data
        if isinstance(fact, Fact):
            number += not isinstance(fact, RequestRefused)
            yield PastFact(number, fact.at or entry.at, fact, entry.cause)
