"""What follows from keys that people entered or retired, and is not said at once.

A bureau's letters are told anew under its newest key, once it has its first valid one and when one
was retired. Of each holder the newest record stands last on `mailbox.keys`, since that is the one
which compaction keeps. And keys that come with a development stack are told like all others, so
that a bureau finds them where they are in production.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence

from services.router import metrics
from services.router.domain import (
    AnnounceKeys,
    NoteToldAnew,
    OfficeCommand,
    OfficeState,
    ShowToHolder,
)
from services.router.store import open_at, to_tell_anew
from shared.contracts.keys_v1 import HOLDERS
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.topics import KEYS
from shared.kernel.errors import Refused
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.letters import Letters
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Collection
from shared.platform.repair.key_watch import KeyWatch
from shared.platform.runtime.clock import Now
from shared.sealing.key_directory import Anchors, KeyDirectory

LOG = logging.getLogger(__name__)

PAUSE_S = 5.0
LOOK_S = 30.0
ANNOUNCED = "announced"
GROUP = 100
"""Letters that are told anew together."""


class TellingAnew:
    """Tells bureaus anew of the letters that they hold, where a change of keys asks for it."""

    def __init__(
        self,
        letters: Letters[OfficeCommand, OfficeState],
        documents: Collection,
        *,
        book: KeyDirectory,
        now: Now,
    ) -> None:
        self._letters = letters
        self._documents = documents
        self._book = book
        self._now = now

    async def run(self) -> None:
        """Do what is wanted until cancelled; what fails is begun again, and repeats nothing."""
        await run_periodically(self.tell, name="telling bureaus anew", pause_s=PAUSE_S)

    async def tell(self) -> int:
        """Do what was wanted by now; how many letters that were.

        Raises: BusFault, DatabaseFault, TooManyRaces; then some were told, and won't be again.
        """
        now, count = self._now(), 0
        for holder, since in (await to_tell_anew(self._documents, now)).items():
            bureau = next((slug for slug in BUREAUS if holder == f"bureau:{slug}"), None)
            if bureau is not None and self._book.lack(holder, now) is None:
                name = f"anew-{since:%Y%m%dT%H%M%S%f}"
                count += await self._tell_bureau(bureau, name)
                await self._keep([IdempotentCommand(holder, NoteToldAnew(since), name)])
        return count

    async def _tell_bureau(self, bureau: Bureau, name: str) -> int:
        """Tell each letter once under that name."""
        group: list[IdempotentCommand[OfficeCommand]] = []
        count = 0
        async for letter in open_at(self._documents, bureau):
            group.append(IdempotentCommand(letter, ShowToHolder(bureau), name, bureau))
            if len(group) == GROUP:
                count += await self._keep(group)
                group = []
        count += await self._keep(group)
        LOG.info("letters told anew", extra={"holder": f"bureau:{bureau}", "letters": count})
        return count

    async def _keep(self, told: Sequence[IdempotentCommand[OfficeCommand]]) -> int:
        folds = await self._letters.decide_and_store(told)
        await self._letters.send(folds)
        for fault in (fault for fold in folds for fault in fold.refusals.values()):
            if not isinstance(fault, Refused):
                LOG.error("letter not told anew", extra={"fault": type(fault).__name__})
        return sum(bool(fold.log) for fold in folds)


class Announcing:
    """Tells on `mailbox.keys` of keys that nobody had to enter; in production there are none."""

    def __init__(
        self,
        letters: Letters[OfficeCommand, OfficeState],
        *,
        anchors: Anchors,
        is_ready: Callable[[], bool],
        now: Now,
    ) -> None:
        """`is_ready`: whether the broker is there, and what was asked before is dealt with."""
        self._letters = letters
        self._waiting = tuple(anchors)
        self._is_ready = is_ready
        self._now = now

    async def run(self) -> None:
        """Tell them once, and wait to be cancelled."""
        await run_periodically(self.tell, name="announcing keys", pause_s=PAUSE_S)

    async def tell(self) -> int:
        """Tell of those that nobody was told of, once all is ready; how many holders that were.

        Raises: BusFault, DatabaseFault, TooManyRaces; then it is begun again, and repeats nothing.
        """
        if not (self._waiting and self._is_ready()):
            return 0
        told: list[IdempotentCommand[OfficeCommand]] = [
            IdempotentCommand(holder, AnnounceKeys(holder, self._now()), ANNOUNCED)
            for holder in self._waiting
        ]
        folds = await self._letters.decide_and_store(told)
        await self._letters.send(folds)
        self._waiting = ()
        return sum(bool(fold.log) for fold in folds)


class NewestLast:
    """Sees to it that the topic ends, for each holder, with what was said last."""

    def __init__(
        self, watch: KeyWatch, history: EventLog, *, sender: Sender, book: KeyDirectory
    ) -> None:
        self._watch = watch
        self._history = history
        self._sender = sender
        self._book = book
        self._strange: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Look twice a minute until cancelled."""
        await run_periodically(self.look, name="looking after keys", pause_s=LOOK_S)

    async def look(self) -> int:
        """Send again what something older stands behind; how many records that were.

        Raises: BusFault, DatabaseFault.
        """
        heard = {holder: self._book.sequence(holder) for holder in HOLDERS}
        said = await self._history.of(HOLDERS)
        newest = {
            holder: entry
            for holder, entries in said.items()
            for entry in entries
            if entry.record.topic == KEYS.name
        }
        self._look_for_strange(
            holder
            for holder, sequence in heard.items()
            if sequence > (newest[holder].sequence if holder in newest else 0)
        )
        behind = [newest[one].record for one in self._watch.overtaken if one in newest]
        await self._sender.resend(behind)
        return len(behind)

    def _look_for_strange(self, found: Iterable[str]) -> None:
        """What was heard and isn't in our log was said by somebody else who may write there."""
        strange = frozenset(found)
        for holder in sorted(strange - self._strange):
            LOG.error("a key that nobody entered here", extra={"holder": holder})
        self._strange = strange
        metrics.STRANGE_KEYS.set(len(strange))
