"""The job that keeps the word index up to date.

A letter waits for it with a mark that the shell sets. The mark is removed only from the document
version that was read: if somebody wrote meanwhile, or the process dies, the letter is looked at
again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from services.router import metrics
from services.router.domain.actors import Command
from services.router.domain.letter import Letter, LetterState
from services.router.jobs.pacing import pause_for
from services.router.store.documents import UNLISTED
from services.router.store.word_index import WordIndex
from shared.platform.letters.letters import Letters
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection, Document, Update
from shared.platform.repair.key_rotation import BATCH, Tally
from shared.platform.runtime.clock import Now

PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 10.0
SHARE: Final = 0.25
"""Share of the time for this job: those who wait for the database go first."""
BUSY_SHARE: Final = 0.05
"""The same while records wait; not zero, so that the index never stops growing."""
MOST_AT_ONCE: Final = 50
FEW_AT_ONCE: Final = 10
"""While records wait, so that none waits long for the database."""
NOBODY: Final = "none"
"""In place of a key's id, without an entry."""
GUARD: Final = ("version", "by", UNLISTED)


class WordIndexing:
    """Keeps the word index true to the letters."""

    def __init__(
        self,
        letters: Letters[Command, LetterState],
        documents: Collection,
        *,
        catalogue: WordIndex,
        is_busy: Callable[[], bool],
        now: Now,
    ) -> None:
        """`is_busy`: whether records wait. `now`: the machine's clock, which sets the marks."""
        self._letters = letters
        self._documents = documents
        self._catalogue = catalogue
        self._is_busy = is_busy
        self._now = now

    async def run(self) -> None:
        """Index what waits, until cancelled."""
        await run_periodically(
            self._look_and_sample,
            name="listing words",
            pause_s=lambda took_s: pause_s(took_s, is_busy=self._is_busy()),
        )

    async def _look_and_sample(self) -> None:
        await self.look()
        await self._catalogue.sample()

    async def look(self) -> int:
        """Index some of what waits, oldest first; return how many. Raises: DatabaseFault."""
        found = await self._documents.find(
            {UNLISTED: {"$lte": self._now()}},
            fields=dict.fromkeys(GUARD, 1),
            sort=((UNLISTED, 1),),
            limit=MOST_AT_ONCE,
        )
        metrics.UNLISTED.set(len(found))
        found = found[:FEW_AT_ONCE] if self._is_busy() else found
        done, _ = await self._list([moved["_id"] for moved in found])
        await self._documents.write([_listed(moved) for moved in found if moved["_id"] in done])
        return len(found)

    async def rotate(self, tally: Tally, *, is_dry: bool) -> AsyncIterator[Tally]:
        """Index every letter without an entry under the current key, yielding progress.

        Raises: DatabaseFault; after a restart it goes on with the rest.
        """
        async for numbers in self._all():
            kids = await self._catalogue.kids(numbers)
            old = [number for number in numbers if kids.get(number) != self._catalogue.kid]
            if is_dry:
                wordy = await self._wordy(old)
                tally.left.update(kids.get(number, NOBODY) for number in wordy)
            else:
                known, listed = await self._list(old)
                tally.sealed += listed
                tally.left.update(kids.get(one, NOBODY) for one in old if one not in known)
            yield tally

    async def _all(self) -> AsyncIterator[list[str]]:
        """The numbers of all letters, some at a time."""
        numbers: list[str] = []
        async for document in self._documents.stream({}, fields={"_id": 1, "is": 1}):
            if document.get("is") is not None:
                numbers.append(document["_id"])
            if len(numbers) == BATCH:
                yield numbers
                numbers = []
        if numbers:
            yield numbers

    async def _list(self, numbers: Sequence[str]) -> tuple[set[str], int]:
        """Make the entries of these letters; return those opened, and how many have words."""
        known = await self._letters.states(numbers)
        entries: list[Document] = []
        for number, state in known.items():
            entry = self._catalogue.entry(number, state) if isinstance(state, Letter) else None
            entries += [entry] if entry else []
            await asyncio.sleep(0)
        listed = {entry["_id"] for entry in entries}
        await self._catalogue.keep(entries)
        await self._catalogue.forget(known.keys() - listed)
        return set(known), len(entries)

    async def _wordy(self, numbers: Sequence[str]) -> list[str]:
        """Those that have words."""
        known = await self._letters.states(numbers)
        return [n for n, one in known.items() if isinstance(one, Letter) and one.words is not None]


def pause_s(took_s: float, *, is_busy: bool) -> float:
    """Return the pause after a look that took so long; both in seconds."""
    rest = pause_for(took_s, share=BUSY_SHARE if is_busy else SHARE)
    return min(max(PAUSE_S, rest), LONGEST_PAUSE_S)


def _listed(document: Document) -> Update:
    """Remove the mark, if nobody has written since."""
    where = {name: document[name] for name in ("_id", *GUARD)}
    return Update(where, {"$unset": {UNLISTED: ""}})
