"""Claims: who works on which letter.

{ _id: letter, staff: opaque id, bureau, assignment, since, taken_from, note: sealed }
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.router.domain.claims import Claim
from shared.kernel.errors import AlreadyDone
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.mongo.database import Collection, Delete, Document, Index, Insert, Update

CLAIMS: Final = "desk_claims"
INDEXES: Final = (Index((("staff", 1),)), Index((("bureau", 1),)))
NOTE: Final = "claim.note"
TOGETHER: Final = 100
MOST_CLAIMS: Final = 2_000
"""Limit of claims of one person, or one bureau, that are read."""


async def by_holding(documents: Collection) -> AsyncIterator[dict[str, int]]:
    """Yield each document's letter and holding, a hundred at a time."""
    group: dict[str, int] = {}
    async for one in documents.stream({}, fields={"assignment": 1}):
        group[one["_id"]] = one["assignment"]
        if len(group) == TOGETHER:
            yield group
            group = {}
    if group:
        yield group


class Claims:
    """The claims of all letters. Every method raises DatabaseFault if the database fails."""

    def __init__(self, claims: Collection, ring: KeyRing) -> None:
        self._claims = claims
        self._ring = ring

    async def of(self, letters: Iterable[str]) -> dict[str, Claim]:
        """Return the claims of these letters."""
        wanted = list(letters)
        found = await self._claims.find({"_id": {"$in": wanted}}) if wanted else []
        return {one["_id"]: self._read(one) for one in found}

    async def by(self, staff: str) -> dict[str, int]:
        """Return the letters that this person claimed, and during which holding."""
        return await self._holdings({"staff": staff})

    async def at(self, bureaus: Iterable[str]) -> dict[str, int]:
        """Return the letters of these bureaus that anybody claimed, and during which holding."""
        return await self._holdings({"bureau": {"$in": sorted(bureaus)}})

    async def _holdings(self, where: Document) -> dict[str, int]:
        found = await self._claims.find(where, fields={"assignment": 1}, limit=MOST_CLAIMS)
        return {one["_id"]: one["assignment"] for one in found}

    async def claim(self, new: Claim) -> None:
        """Claim a letter that nobody works on. Raises: AlreadyDone, if somebody does."""
        letter, staff, assignment = new.letter, new.staff, new.assignment
        if not (await self._claims.write([Insert(self._document(new))])).taken:
            return
        past = Update(
            {"_id": letter, "assignment": {"$lt": assignment}}, {"$set": self._fields(new)}
        )
        await self._claims.write([past])
        known = await self._claims.one({"_id": letter}, fields={"staff": 1})
        if known is None or known["staff"] != staff:
            raise AlreadyDone("somebody works on it")

    async def release(self, letter: str, *, staff: str) -> None:
        """Let go of a letter, if it is this person's."""
        await self._claims.write([Delete({"_id": letter, "staff": staff})])

    async def move(self, claim: Claim, *, to: str, note: str, now: datetime) -> None:
        """Give a claimed letter to another person. Raises: AlreadyDone, if it has moved."""
        moved = replace(claim, staff=to, since=now, taken_from=claim.staff, note=note)
        where = {"_id": claim.letter, "staff": claim.staff, "since": claim.since}
        written = await self._claims.write([Update(where, {"$set": self._fields(moved)})])
        if not written.matched:
            raise AlreadyDone("somebody else has it by now")

    async def drop(self, letters: Iterable[str]) -> None:
        """Delete the claims of these letters."""
        await self._claims.write([Delete({"_id": letter}) for letter in letters])

    def all(self) -> AsyncIterator[dict[str, int]]:
        """Yield the claimed letters, each with its holding, some at a time."""
        return by_holding(self._claims)

    def _document(self, claim: Claim) -> Document:
        return {"_id": claim.letter, **self._fields(claim)}

    def _fields(self, claim: Claim) -> Document:
        note = self._ring.seal(claim.note.encode(), letter=claim.letter, field=NOTE)
        return {
            "staff": claim.staff,
            "bureau": claim.bureau,
            "assignment": claim.assignment,
            "since": claim.since,
            "taken_from": claim.taken_from,
            "note": note,
        }

    def _read(self, document: Document) -> Claim:
        letter = document["_id"]
        return Claim(
            letter,
            document["staff"],
            document["bureau"],
            document["assignment"],
            document["since"],
            document["taken_from"],
            self._ring.open(document["note"], letter=letter, field=NOTE).decode(),
        )
