"""Queries and steps by which files that nobody uses are found and taken out of use."""

from collections.abc import Collection as Ids
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from services.intake.domain.files import COMPLETE, FileState
from shared.platform.mongo.database import Collection, Document, Update

MOST_ORPHANS: Final = 50
"""Files looked at in one pass."""
MOST_SWEPT: Final = 200


class KeptFile(NamedTuple):
    """A record as the sweep needs it."""

    id: str
    state: FileState
    letter: str | None
    """The letter or diversion that it was sent with."""
    is_settled: bool
    """Whether that letter has listed it."""


class OrphanRecords:
    """The records of files that may have become useless. Raises: DatabaseFault."""

    def __init__(self, files: Collection) -> None:
        self._files = files

    async def unsettled(self, *, before: datetime) -> list[KeptFile]:
        """Complete files that no letter is known to use, those first that wait longest."""
        return await self._unsettled(COMPLETE, before)

    async def incomplete(self, *, before: datetime) -> list[KeptFile]:
        """Files whose upload or erasure broke off."""
        return await self._unsettled(("receiving",), before)

    async def seize(self, file: KeptFile) -> bool:
        """Withdraw the file from everyone before it is erased; False if it changed meanwhile.

        From now on no letter can name it.
        """
        owner = {"letter": file.letter} if file.letter else {"unused_by": {"$gte": ""}}
        where = {"_id": file.id, "state": file.state, **owner}
        written = await self._files.write([Update(where, {"$set": {"state": "receiving"}})])
        return written.matched > 0

    async def give_back(self, file: KeptFile) -> None:
        """Undo `seize`."""
        where = {"_id": file.id, "state": "receiving"}
        await self._files.write([Update(where, {"$set": {"state": file.state}})])

    async def look_again(self, file: KeptFile, *, since: datetime) -> None:
        """The file is in use: look at it again a day after `since`."""
        change = {"$set": {"unsettled_since": since}}
        await self._files.write([Update({"_id": file.id}, change)])

    async def after(self, last: str) -> list[KeptFile]:
        """A page of the records of complete files, by id."""
        where = {"_id": {"$gt": last}, "state": {"$in": COMPLETE}}
        return [
            _kept(each)
            for each in await self._files.find(where, sort=(("_id", 1),), limit=MOST_SWEPT)
        ]

    async def _unsettled(self, states: Sequence[FileState], before: datetime) -> list[KeptFile]:
        where = {"state": {"$in": list(states)}, "unsettled_since": {"$lte": before}}
        sort = (("unsettled_since", 1),)
        found = await self._files.find(where, sort=sort, limit=MOST_ORPHANS)
        return [_kept(each) for each in found]

    async def known(self, files: Ids[str]) -> set[str]:
        """Those of these ids that have a record."""
        found = await self._files.find({"_id": {"$in": sorted(files)}}, fields={"_id": 1})
        return {each["_id"] for each in found}


def _kept(found: Document) -> KeptFile:
    return KeptFile(
        found["_id"], found["state"], found.get("letter"), "unsettled_since" not in found
    )
