"""What sends again the effects that nobody had acknowledged: the last resort of every command.

An HTTP command or a fired clock is kept before it is sent. When the process dies or the broker is
away in between, its document stays marked `unsent`; this loop finds the mark, sends, and clears it.
"""

from __future__ import annotations

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
"""When a letter is tried again of which the broker took nothing while it took others'."""
MOST_LEFT = 1_000


class OutboxSweeper:
    """Sends what stays unsent, for all letters of a service."""

    def __init__(self, history: EventLog, sender: Sender, *, now: Now) -> None:
        self._history = history
        self._sender = sender
        self._now = now
        self._left: dict[str, datetime] = {}
        """Letters that the broker refuses, and when they are tried again."""

    async def run(self) -> None:
        """Sweep each second, and at once while much is left, until cancelled."""
        await run_periodically(self.sweep, name="sweeping", pause_s=PAUSE_S, page=MOST_AT_ONCE)

    async def sweep(self) -> int:
        """Send again what is overdue, the oldest first; the number of letters whose effects went.

        A record that the broker won't take holds up no other letter's. Raises: BusFault, when it
        took nothing at all; DatabaseFault.
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
        went = {letter: one for letter, one in overdue.items() if letter not in refused}
        await mark_published(self._history.letters, {at: _covered(one) for at, one in went.items()})
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
        return {one["_id"]: one for one in found if one["_id"] not in self._left}

    def _leave(self, refused: Mapping[str, BaseException]) -> None:
        """Try these later than the others, or they would be the oldest, and first, for ever."""
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
    """Per topic, what was acknowledged: from the mark on, up to what was sent when it was read."""
    sent = document["sent"]
    return {mark: (low, sent[mark]) for mark, low in document["unsent"].items()}


def _refused(
    waiting: Mapping[str, Sequence[LogEntry]], faults: Sequence[BaseException | None]
) -> dict[str, BaseException]:
    """The letters of which a record wasn't taken, and why not."""
    refused: dict[str, BaseException] = {}
    owners = [letter for letter, entries in waiting.items() for _ in entries]
    for letter, fault in zip(owners, faults, strict=True):
        if fault is not None:
            refused.setdefault(letter, fault)
    return refused
