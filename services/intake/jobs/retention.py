"""The erasing loop: letters and diversions lose what the retention table no longer allows to keep.

It works in small batches with pauses, so that writers never wait for it, and starts over anywhere.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, Final, get_args

from services.intake import metrics, store
from services.intake.domain import IntakeState
from services.intake.domain.retention import DuePart, due_parts
from services.intake.jobs.erasing import LetterEraser
from services.intake.store.erasure_ledger import ErasureEntry, ErasureLedger
from shared.contracts.vocabulary import Erasable
from shared.kernel.errors import Refused
from shared.kernel.retention import RetentionTable
from shared.platform.app.retention import RetentionOverview, RuleDue
from shared.platform.letters.letters import Letters
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection
from shared.platform.repair.passes import each
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)

PAUSE_S = 5.0
UNFINISHED_AFTER = timedelta(minutes=1)
"""An erasure that was begun so long ago is finished here: its process died."""
_ORDER: Final = get_args(Erasable)


class RetentionLoop:
    """Erases what is due, and dates what nobody has dated."""

    def __init__(
        self,
        letters: Letters[Any, IntakeState],
        documents: Collection,
        *,
        eraser: LetterEraser,
        ledger: ErasureLedger,
        table: RetentionTable,
        now: Now,
    ) -> None:
        self._letters = letters
        self._documents = documents
        self._eraser = eraser
        self._ledger = ledger
        self._table = table
        self._now = now

    async def run(self) -> None:
        """Erase until cancelled; retries after database faults and lost races."""
        await run_periodically(self.step, name="erasing by the table", pause_s=PAUSE_S)

    async def step(self) -> int:
        """One pass; returns how many letters and diversions it erased.

        Raises: DatabaseFault, TooManyRaces.
        """
        now = self._now()
        await store.date_again(self._documents, self._letters.states, table=self._table)
        unfinished = await self._ledger.waiting(now - UNFINISHED_AFTER)
        await each({entry.name: self._finish(entry) for entry in unfinished})
        found = await store.due(self._documents, now)
        done = await each({letter: self._erase(letter, now) for letter in found})
        await self.measure()
        return done

    async def overview(self) -> RetentionOverview:
        """What is due, by rule, and when the next part will be. Raises: DatabaseFault."""
        now = self._now()
        while await store.date_again(self._documents, self._letters.states, table=self._table):
            pass
        found = await store.overdue(self._documents, now)
        lines = [RuleDue(rule, *each_due) for rule, each_due in sorted(found.items())]
        return RetentionOverview(lines, await store.next_due(self._documents, now))

    async def measure(self) -> None:
        """Set the gauges. Raises: DatabaseFault."""
        now = self._now()
        found = await store.overdue(self._documents, now)
        for key, row in self._table.rows.items():
            if row.loop is not None:
                one = found.get(key)
                age = (now - one.oldest).total_seconds() if one else 0.0
                metrics.ERASURES_DUE.labels(key).set(one.letters if one else 0)
                metrics.OLDEST_ERASURE_DUE.labels(key).set(age)

    async def _erase(self, letter: str, now: datetime) -> None:
        """Erase the due parts, rule by rule: identity, words, files."""
        state = await self._letters.state(letter)
        due = [part for part in due_parts(state, self._table) if part.at <= now]
        for _, part, rule in sorted(due, key=_turn):
            try:
                await self._eraser.erase(letter, (part,), rule=rule, by="rule")
            except Refused as no:
                LOG.warning("not erased", extra={"letter": letter, "code": no.code})

    async def _finish(self, entry: ErasureEntry) -> None:
        try:
            await self._eraser.finish(entry)
        except Refused as no:
            LOG.warning("not erased", extra={"letter": entry.letter, "code": no.code})


def _turn(part: DuePart) -> int:
    return _ORDER.index(part.part)
