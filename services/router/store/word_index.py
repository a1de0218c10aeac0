"""The word index: keyed hashes of letters' n-grams, in documents of their own.

{ _id: letter, at: when it was received, bureaus: in which anybody may find it, kid: the ring's key
for the hashes, grams: hashed n-grams of the searched text, packed: the same as bytes, which are
read in a sixth of the time, alike: the whole text and the bands of its SimHash, print: SimHash }

A job makes the entries after a letter is stored, since hundreds of index entries would hold up
those who wait; they are deleted when the words are erased (`jobs/word_indexing.py`).
"""

import struct
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from collections.abc import Collection as Many
from datetime import datetime, timedelta
from typing import Final

from services.router.domain.letter import Letter, standing
from services.router.domain.search import compared, searched
from services.router.store.near_duplicates import NearDuplicate, near_duplicates_of
from services.router.store.time_walk import (
    AHEAD,
    NARROW,
    NOT_ONE,
    CandidateBatch,
    TimeWalk,
    width_for,
)
from shared.kernel.finding import open_in
from shared.platform.crypto.word_hash import WordHash
from shared.platform.mongo.database import Collection, Delete, Document, Index, Insert, Update
from shared.platform.mongo.paging import Place
from shared.platform.runtime.clock import Now
from shared.rules.similarity import bands, simhash
from shared.rules.text.search_grams import grams

WORDS: Final = "words"
INDEXES: Final = (
    Index((("grams", 1), ("at", 1))),
    Index((("at", 1),)),
    Index((("alike", 1), ("at", 1))),
)

TOGETHER: Final = 50
"""Entries read at once."""
SIFTED: Final = 200
"""The same if few of them match."""
MOST_PIECES: Final = 8
"""N-grams that an entry is queried for; the letter itself shows whether the rest is there."""
SAMPLE: Final = 300
SAMPLED_AGAIN: Final = timedelta(minutes=10)
SAMPLED_SOON: Final = timedelta(seconds=15)
"""After a sample smaller than that: so few letters change soon."""


class WordIndex:
    """The entries of all letters. Every method raises DatabaseFault if the database fails."""

    def __init__(self, words: Collection, hashes: Sequence[WordHash], *, now: Now) -> None:
        """`hashes`: of every key of the ring, the current one first."""
        self._words = words
        self._hashes = hashes
        self._now = now
        self._met = Counter[int]()
        self._of = 0
        self._span = NARROW
        self._sampled_at: datetime | None = None

    @property
    def kid(self) -> str:
        """The key for new entries."""
        return self._hashes[0].kid

    def entry(self, number: str, letter: Letter) -> Document | None:
        """Return the entry of a letter; None without words."""
        if letter.words is None:
            return None
        hashed, text = self._hashes[0], compared(letter)
        pieces, print_ = hashed.of(grams(searched(letter))), simhash(hashed.of(grams(text)))
        return {
            "_id": number,
            "at": letter.received_at,
            "bureaus": sorted(open_in(standing(letter))),
            "kid": hashed.kid,
            "grams": pieces,
            "packed": packed(pieces),
            "alike": [hashed.text(text), *(bands(print_) if print_ is not None else ())],
            "print": None if print_ is None else f"{print_:016x}",
        }

    async def keep(self, entries: Iterable[Document]) -> None:
        """Store these entries, replacing older ones."""
        new = list(entries)
        written = await self._words.write([Insert(one) for one in new])
        old = [new[position] for position in sorted(written.taken)]
        await self._words.write([Update({"_id": one["_id"]}, {"$set": one}) for one in old])

    async def forget(self, numbers: Iterable[str]) -> None:
        """Delete the entries of these letters."""
        await self._words.write([Delete({"_id": number}) for number in numbers])

    async def kids(self, numbers: Many[str]) -> dict[str, str]:
        """Return the key of each up-to-date entry."""
        fields = dict.fromkeys(("kid", "bureaus"), 1)
        found = await self._words.find({"_id": {"$in": list(numbers)}}, fields=fields)
        return {moved["_id"]: moved["kid"] for moved in found if "bureaus" in moved}

    async def share(self, pieces: Many[str]) -> float:
        """Return the share of the newest letters that have the rarest of these n-grams."""
        await self._sampled()
        return self._met_by(self._asked(pieces)) / max(self._of, SAMPLE)

    async def holding(
        self, pieces: Many[str], *, bureau: str | None, after: Place, since: datetime | None
    ) -> AsyncIterator[CandidateBatch]:
        """Yield the letters with all these n-grams, newest first; a few may lack the words.

        `bureau`: only letters that somebody there may find.
        """
        await self._sampled()
        asked = self._asked(pieces)
        is_one = len(asked[0]) == 1
        most = TOGETHER if is_one and not bureau else SIFTED
        width = width_for(self._span, self._met_by(asked), most=most)
        walk = TimeWalk(
            self._words,
            "at",
            self._now(),
            width=width,
            more=() if is_one else ("packed",),
            rest={"bureaus": bureau} if bureau else {},
        )
        wheres = [{"grams": numbers[0]} for numbers in asked]
        async for step in walk.newest_first(wheres, after=after, most=most, since=since):
            some = step.found if is_one else [one for one in step.found if _has_any(one, asked)]
            yield CandidateBatch([walk.place(one) for one in some], step.upto, step.looked)

    async def near_duplicates_of(self, numbers: Many[str]) -> dict[str, list[NearDuplicate]]:
        """Return for each of these letters the others like it (`near_duplicates.py`)."""
        return await near_duplicates_of(self._words, numbers)

    def _asked(self, pieces: Many[str]) -> list[list[int]]:
        """What an entry is queried for under each key, the rarest n-gram first."""
        hashed = [each.of(pieces) for each in self._hashes]
        return [sorted(one, key=self._met.__getitem__)[:MOST_PIECES] for one in hashed]

    def _met_by(self, asked: Iterable[Sequence[int]]) -> int:
        """How many of the sample have the rarest n-gram, under whichever key they were listed."""
        return sum(self._met[each[0]] for each in asked)

    async def _sampled(self) -> None:
        """Searches don't wait for a newer sample, only the first one for any."""
        if self._sampled_at is None:
            await self.sample()

    async def sample(self) -> None:
        """Count n-grams in a sample of the newest letters; skipped if the last one is recent."""
        now = self._now()
        again = SAMPLED_AGAIN if self._of >= SAMPLE else SAMPLED_SOON
        if self._sampled_at is not None and now - self._sampled_at < again:
            return
        some: list[Document] = []
        walk = TimeWalk(self._words, "at", now, more=("packed",))
        async for step in walk.newest_first([{}], after=(now + AHEAD, NOT_ONE), most=TOGETHER):
            some += step.found
            if len(some) >= SAMPLE:
                break
        self._met = Counter(piece for one in some for piece in _pieces(one))
        self._of = len(some)
        self._span = max(some[0]["at"] - some[-1]["at"], NARROW) if some else NARROW
        self._sampled_at = now


def packed(pieces: Sequence[int]) -> bytes:
    """Return the hashes as bytes, eight for each."""
    return struct.pack(f"<{len(pieces)}q", *pieces)


def unpacked(content: bytes) -> tuple[int, ...]:
    """Return the hashes in these bytes."""
    return struct.unpack(f"<{len(content) // 8}q", content)


def _has_any(entry: Document, asked: Iterable[Sequence[int]]) -> bool:
    """Whether it has all n-grams under one of the keys.

    Checked here and not by the database, so that this one uses the index of the rarest n-gram.
    """
    known = set(_pieces(entry))
    return not known or any(known.issuperset(each) for each in asked)


def _pieces(entry: Document) -> tuple[int, ...]:
    """Empty for entries from before hashes were packed: then the letter itself decides."""
    return unpacked(entry.get("packed", b""))
