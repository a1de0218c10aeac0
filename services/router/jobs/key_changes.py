"""What follows from the entry and retirement of public keys.

A bureau's letters are sent again under its newest key, after its first valid key and after a
retirement. The newest record of each holder must be the last on `mailbox.keys`, since compaction
keeps the last one. Keys that come with a development stack are announced like all others, so that a
bureau finds them where they are in production.
"""

import logging
from collections.abc import Callable, Iterable, Sequence

from services.router import metrics
from services.router.domain.actors import Command
from services.router.domain.letter import LetterState
from services.router.domain.public_keys import AnnounceKeys, RecordResent
from services.router.domain.resends import ShowToHolder
from services.router.store.public_keys import KeyHolders
from services.router.store.queries import open_at
from shared.contracts.keys_v1 import HOLDERS
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.topics import KEYS
from shared.kernel.errors import Refused
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.letters import Letters
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import C, IdempotentCommand, S
from shared.platform.mongo.database import Collection
from shared.platform.repair.key_watch import KeyWatch
from shared.platform.runtime.clock import Now
from shared.sealing.key_directory import Anchors, KeyDirectory

LOG = logging.getLogger(__name__)

PAUSE_S = 5.0
LOOK_S = 30.0
"""Pause between two checks of the topic."""
ANNOUNCED = "announced"
GROUP = 100
"""Letters sent again together."""


class KeyChangeResends:
    """Sends bureaus their letters again after a change of keys."""

    def __init__(
        self,
        letters: Letters[Command, LetterState],
        documents: Collection,
        *,
        holders: KeyHolders,
        book: KeyDirectory,
        now: Now,
    ) -> None:
        self._letters = letters
        self._documents = documents
        self._holders = holders
        self._book = book
        self._now = now

    async def run(self) -> None:
        """Run until cancelled; after a failure it starts again and repeats nothing."""
        await run_periodically(self.tell, name="telling bureaus anew", pause_s=PAUSE_S)

    async def tell(self) -> int:
        """Do what is needed by now; return the number of letters.

        Raises: BusFault, DatabaseFault, TooManyRaces; then some letters were sent, and won't be
        again.
        """
        now, count = self._now(), 0
        for holder, since in (await self._holders.due_resends(now)).items():
            bureau = next((slug for slug in BUREAUS if holder == f"bureau:{slug}"), None)
            if bureau is not None and self._book.lack(holder, now) is None:
                name = f"anew-{since:%Y%m%dT%H%M%S%f}"
                count += await self._tell_bureau(bureau, name)
                await _keep(
                    self._holders.documents, [IdempotentCommand(holder, RecordResent(since), name)]
                )
        return count

    async def _tell_bureau(self, bureau: Bureau, name: str) -> int:
        """Send each letter once under that name."""
        group: list[IdempotentCommand[Command]] = []
        count = 0
        async for letter in open_at(self._documents, bureau):
            group.append(
                IdempotentCommand(letter, ShowToHolder(bureau, at=self._now()), name, bureau)
            )
            if len(group) == GROUP:
                count += await _keep(self._letters, group)
                group = []
        count += await _keep(self._letters, group)
        LOG.info("letters told anew", extra={"holder": f"bureau:{bureau}", "letters": count})
        return count


class AnchorAnnouncement:
    """Announces keys on `mailbox.keys` that nobody had to enter; none in production."""

    def __init__(
        self,
        holders: KeyHolders,
        *,
        anchors: Anchors,
        is_ready: Callable[[], bool],
        now: Now,
    ) -> None:
        """`is_ready`: whether the broker is available and older requests are done."""
        self._holders = holders
        self._waiting = tuple(anchors)
        self._is_ready = is_ready
        self._now = now

    async def run(self) -> None:
        """Announce them once, and wait to be cancelled."""
        await run_periodically(self.tell, name="announcing keys", pause_s=PAUSE_S)

    async def tell(self) -> int:
        """Announce what wasn't announced before, once all is ready; return the number of holders.

        Raises: BusFault, DatabaseFault, TooManyRaces; then it starts again, and repeats nothing.
        """
        if not (self._waiting and self._is_ready()):
            return 0
        told = [
            IdempotentCommand(holder, AnnounceKeys(holder, self._now()), ANNOUNCED)
            for holder in self._waiting
        ]
        count = await _keep(self._holders.documents, told)
        self._waiting = ()
        return count


class KeyTopicRepair:
    """Keeps the newest record of each holder last on the topic."""

    def __init__(
        self, watch: KeyWatch, history: EventLog, *, sender: Sender, book: KeyDirectory
    ) -> None:
        self._watch = watch
        self._history = history
        self._sender = sender
        self._book = book
        self._strange: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Check twice a minute until cancelled."""
        await run_periodically(self.look, name="looking after keys", pause_s=LOOK_S)

    async def look(self) -> int:
        """Send the newest record again where an older one follows it; return how many.

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
        """Records that aren't in our log come from somebody else who may write there."""
        strange = frozenset(found)
        for holder in sorted(strange - self._strange):
            LOG.error("a key that nobody entered here", extra={"holder": holder})
        self._strange = strange
        metrics.STRANGE_KEYS.set(len(strange))


async def _keep(letters: Letters[C, S], commands: Sequence[IdempotentCommand[C]]) -> int:
    """Store and send these commands; return how many had an effect."""
    folds = await letters.decide_and_store(commands)
    await letters.send(folds)
    for fault in (fault for fold in folds for fault in fold.refusals.values()):
        if not isinstance(fault, Refused):
            LOG.error(
                "not stored after a change of keys",
                extra={"fault": type(fault).__name__},
            )
    return sum(bool(fold.log) for fold in folds)
