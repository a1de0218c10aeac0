"""Which letters' words can be found? Those that came are listed soon after, erased ones no more.

A letter waits for it with a mark that the shell has set. The mark leaves only from the document as
it was read: whoever wrote meanwhile has it looked at again, and dying in between begins again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from services.router import metrics
from services.router.domain import Letter, OfficeCommand, OfficeState
from services.router.jobs.resting import rest_for
from services.router.store import UNLISTED
from services.router.store.catalogue import Catalogue
from shared.platform.letters.letters import Letters
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection, Document, Update
from shared.platform.repair.key_rotation import BATCH, Tally
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)

PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 10.0
SHARE: Final = 0.25
"""Of the time that may be spent on it: whoever waits for the database goes first."""
BUSY_SHARE: Final = 0.05
"""The same while letters wait to be read: they go first, and yet no word waits for ever."""
MOST_AT_ONCE: Final = 50
FEW_AT_ONCE: Final = 10
"""While letters wait, so that none of them waits long for the database."""
NOBODY: Final = "none"
"""In place of a key's id, where there is no entry."""
GUARD: Final = ("version", "by", UNLISTED)


class Cataloguing:
    """Keeps the catalogue of words true to the letters."""

    def __init__(
        self,
        letters: Letters[OfficeCommand, OfficeState],
        documents: Collection,
        *,
        catalogue: Catalogue,
        is_busy: Callable[[], bool],
        now: Now,
    ) -> None:
        """`is_busy`: whether letters wait to be read. `now`: the machine's, which sets marks."""
        self._letters = letters
        self._documents = documents
        self._catalogue = catalogue
        self._is_busy = is_busy
        self._now = now

    async def run(self) -> None:
        """List what waits, until cancelled."""
        await run_periodically(
            self._look_and_sample,
            name="listing words",
            pause_s=lambda took_s: rest_s(took_s, is_busy=self._is_busy()),
        )

    async def _look_and_sample(self) -> None:
        await self.look()
        await self._catalogue.sample()

    async def look(self) -> int:
        """List some of what waits, the oldest first; how many. Raises: DatabaseFault."""
        found = await self._documents.find(
            {UNLISTED: {"$lte": self._now()}},
            fields=dict.fromkeys(GUARD, 1),
            sort=((UNLISTED, 1),),
            limit=MOST_AT_ONCE,
        )
        metrics.UNLISTED.set(len(found))
        found = found[:FEW_AT_ONCE] if self._is_busy() else found
        done, _ = await self._list([one["_id"] for one in found])
        await self._documents.write([_listed(one) for one in found if one["_id"] in done])
        return len(found)

    async def rotate(self, tally: Tally, *, is_dry: bool) -> AsyncIterator[Tally]:
        """List every letter that has no entry under the current key, telling how far it is.

        Raises: DatabaseFault; begun again it goes on with those that are left.
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
        async for one in self._documents.stream({}, fields={"_id": 1, "is": 1}):
            if one.get("is") is not None:
                numbers.append(one["_id"])
            if len(numbers) == BATCH:
                yield numbers
                numbers = []
        if numbers:
            yield numbers

    async def _list(self, numbers: Sequence[str]) -> tuple[set[str], int]:
        """Make the entries of these letters; which could be opened, and how many have words."""
        known = await self._letters.states(numbers)
        entries: list[Document] = []
        for number, state in known.items():
            entry = self._catalogue.entry(number, state) if isinstance(state, Letter) else None
            entries += [entry] if entry else []
            await asyncio.sleep(0)
        listed = {one["_id"] for one in entries}
        await self._catalogue.keep(entries)
        await self._catalogue.forget(known.keys() - listed)
        return set(known), len(entries)

    async def _wordy(self, numbers: Sequence[str]) -> list[str]:
        """Those that have words."""
        known = await self._letters.states(numbers)
        return [n for n, one in known.items() if isinstance(one, Letter) and one.words is not None]


def rest_s(took_s: float, *, is_busy: bool) -> float:
    """For how long nothing is listed after a look that took so long; both in seconds."""
    rest = rest_for(took_s, share=BUSY_SHARE if is_busy else SHARE)
    return min(max(PAUSE_S, rest), LONGEST_PAUSE_S)


def _listed(document: Document) -> Update:
    """The mark leaves if nobody has written since."""
    where = {name: document[name] for name in ("_id", *GUARD)}
    return Update(where, {"$unset": {UNLISTED: ""}})
