"""The outbox sweeper: sends effects that were stored but never acknowledged.

An HTTP command or a fired clock is stored before its effects are sent. If the process dies or the
broker is away in between, the document stays marked `unsent`; this loop finds the mark, sends, and
clears it.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shared.platform.letters.event_log import EventLog
from shared.platform.letters.mark_published import mark_published
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.sender import ACKNOWLEDGED_WITHIN, Sender
from shared.platform.letters.stored_letter import LogEntry
from shared.platform.mongo.database import Document
from shared.platform.runtime.clock import Now
from shared.platform.runtime.shell_metrics import SWEPT

LOG = logging.getLogger(__name__)

PAUSE_S = 1.0
MOST_AT_ONCE = 500
NEXT_TRY = timedelta(minutes=1)
"""Delay before retrying a letter whose records the broker refused while it accepted others'."""
MOST_LEFT = 1_000


class OutboxSweeper:
    """Sends unsent effects, for all letters of a service."""

    def __init__(self, history: EventLog, sender: Sender, *, now: Now) -> None:
        self._history = history
        self._sender = sender
        self._now = now
        self._left: dict[str, datetime] = {}
        """Letters whose records the broker refuses, and when to retry them."""

    async def run(self) -> None:
        """Sweep every second, and without a pause while much is left, until cancelled."""
        await run_periodically(self.sweep, name="sweeping", pause_s=PAUSE_S, page=MOST_AT_ONCE)

    async def sweep(self) -> int:
        """Send overdue effects, oldest first; return the number of letters completed.

        A record that the broker refuses doesn't delay other letters. Raises: BusFault, if it
        accepted nothing at all; DatabaseFault.
        """
        overdue = await self._overdue()
        known = await self._history.of(list(overdue))
        waiting = {letter: _unsent(known[letter], overdue[letter]) for letter in overdue}
        records = [entry.record for entries in waiting.values() for entry in entries]
        faults = await self._sender.attempt(records)
        refused = _refused(waiting, faults)
        if refused and len(refused) == len(overdue):
            raise next(iter(refused.values()))
        self._leave(refused)
        SWEPT.inc(len(records) - sum(fault is not None for fault in faults))
        went = {letter: document for letter, document in overdue.items() if letter not in refused}
        await mark_published(
            self._history.letters, {at: _covered(document) for at, document in went.items()}
        )
        return len(went)

    async def _overdue(self) -> dict[str, Document]:
        now = self._now()
        self._left = {letter: at for letter, at in self._left.items() if at > now}
        found = await self._history.letters.find(
            {"unsent_since": {"$lte": now - ACKNOWLEDGED_WITHIN}},
            fields={"sent": 1, "unsent": 1},
            sort=(("unsent_since", 1),),
            limit=MOST_AT_ONCE + len(self._left),
        )
        return {
            document["_id"]: document for document in found if document["_id"] not in self._left
        }

    def _leave(self, refused: Mapping[str, BaseException]) -> None:
        """Postpone refused letters, or as the oldest they would always come first."""
        for letter, fault in refused.items():
            if len(self._left) < MOST_LEFT:
                self._left[letter] = self._now() + NEXT_TRY
            LOG.error("effects that the broker refuses", extra={"fault": type(fault).__name__})


def _unsent(entries: Sequence[LogEntry], document: Document) -> list[LogEntry]:
    unsent, sent = document["unsent"], document["sent"]
    return [
        entry
        for entry in entries
        if unsent.get(entry.mark, entry.sequence + 1) <= entry.sequence <= sent.get(entry.mark, 0)
    ]


def _covered(document: Document) -> dict[str, tuple[int, int]]:
    """Per topic, the acknowledged range: from the mark to the last one sent when it was read."""
    sent = document["sent"]
    return {mark: (low, sent[mark]) for mark, low in document["unsent"].items()}


def _refused(
    waiting: Mapping[str, Sequence[LogEntry]], faults: Sequence[BaseException | None]
) -> dict[str, BaseException]:
    """The letters with a record that was not accepted, and the fault."""
    refused: dict[str, BaseException] = {}
    owners = [letter for letter, entries in waiting.items() for _ in entries]
    for letter, fault in zip(owners, faults, strict=True):
        if fault is not None:
            refused.setdefault(letter, fault)
    return refused
