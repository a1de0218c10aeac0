"""What is kept of letters' words so that they are found: keyed hashes, in documents of their own.

{ _id: letter, at: when it was received, bureaus: in which anybody may find it,
  kid: the ring's key that the hashes come from,
  grams: pieces of what is searched, packed: the same as bytes, which are read in a sixth of the
  time, alike: the whole and the bands of its print, print: SimHash }

Made by a loop after a letter is kept, since hundreds of entries in an index would hold up those
who wait; thrown away when the words are erased (`jobs/cataloguing.py`).
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from collections.abc import Collection as Many
from datetime import datetime, timedelta
from typing import Final

from services.router.domain import Letter, standing
from services.router.domain.searching import compared, searched
from services.router.store.likeness import Likeness, alike_to
from services.router.store.walking import AHEAD, NARROW, NOT_ONE, Some, Walk, width_for
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
"""Entries that are read at once."""
SIFTED: Final = 200
"""The same where few of them are what is looked for."""
MOST_PIECES: Final = 8
"""That an entry is asked for; the letter itself says whether the rest is there."""
SAMPLE: Final = 300
SAMPLED_AGAIN: Final = timedelta(minutes=10)
SAMPLED_SOON: Final = timedelta(seconds=15)
"""After a sample of less than that: so few letters are soon others."""


class Catalogue:
    """The entries of all letters. Every question raises `DatabaseFault` when it can't be asked."""

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
        """The key under which entries are made."""
        return self._hashes[0].kid

    def entry(self, number: str, letter: Letter) -> Document | None:
        """The entry of a letter; none without words."""
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
        """Have these stand there, whatever stood there before."""
        new = list(entries)
        written = await self._words.write([Insert(one) for one in new])
        old = [new[position] for position in sorted(written.taken)]
        await self._words.write([Update({"_id": one["_id"]}, {"$set": one}) for one in old])

    async def forget(self, numbers: Iterable[str]) -> None:
        """Have no entries of these."""
        await self._words.write([Delete({"_id": number}) for number in numbers])

    async def kids(self, numbers: Many[str]) -> dict[str, str]:
        """Under which key the entry of each is, of those that have one as it is made now."""
        fields = dict.fromkeys(("kid", "bureaus"), 1)
        found = await self._words.find({"_id": {"$in": list(numbers)}}, fields=fields)
        return {one["_id"]: one["kid"] for one in found if "bureaus" in one}

    async def share(self, pieces: Many[str]) -> float:
        """In which share of the newest letters is even the rarest of these pieces met?"""
        await self._sampled()
        return self._met_by(self._asked(pieces)) / max(self._of, SAMPLE)

    async def holding(
        self, pieces: Many[str], *, bureau: str | None, after: Place, since: datetime | None
    ) -> AsyncIterator[Some]:
        """The letters with all these pieces, newest first; a few may lack the words all the same.

        `bureau`: those alone that anybody there may find. Else whoever may see them.
        """
        await self._sampled()
        asked = self._asked(pieces)
        is_one = len(asked[0]) == 1
        most = TOGETHER if is_one and not bureau else SIFTED
        width = width_for(self._span, self._met_by(asked), most=most)
        walk = Walk(
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
            yield Some([walk.place(one) for one in some], step.upto, step.looked)

    async def alike_to(self, numbers: Many[str]) -> dict[str, list[Likeness]]:
        """For each of these letters, the others like it (`likeness.py`)."""
        return await alike_to(self._words, numbers)

    def _asked(self, pieces: Many[str]) -> list[list[int]]:
        """What an entry is asked for under each key, the rarest piece first."""
        hashed = [each.of(pieces) for each in self._hashes]
        return [sorted(one, key=self._met.__getitem__)[:MOST_PIECES] for one in hashed]

    def _met_by(self, asked: Iterable[Sequence[int]]) -> int:
        """How many of the sample have the rarest piece, under whichever key they were listed."""
        return sum(self._met[each[0]] for each in asked)

    async def _sampled(self) -> None:
        """No search waits for a newer sample, only the first for one."""
        if self._sampled_at is None:
            await self.sample()

    async def sample(self) -> None:
        """Have some letters, the newest, tell how often pieces are met; now and then is enough."""
        now = self._now()
        again = SAMPLED_AGAIN if self._of >= SAMPLE else SAMPLED_SOON
        if self._sampled_at is not None and now - self._sampled_at < again:
            return
        some: list[Document] = []
        walk = Walk(self._words, "at", now, more=("packed",))
        async for step in walk.newest_first([{}], after=(now + AHEAD, NOT_ONE), most=TOGETHER):
            some += step.found
            if len(some) >= SAMPLE:
                break
        self._met = Counter(piece for one in some for piece in _pieces(one))
        self._of = len(some)
        self._span = max(some[0]["at"] - some[-1]["at"], NARROW) if some else NARROW
        self._sampled_at = now


def packed(pieces: Sequence[int]) -> bytes:
    """Pieces as bytes, eight for each."""
    return struct.pack(f"<{len(pieces)}q", *pieces)


def unpacked(content: bytes) -> tuple[int, ...]:
    """And back."""
    return struct.unpack(f"<{len(content) // 8}q", content)


def _has_any(entry: Document, asked: Iterable[Sequence[int]]) -> bool:
    """Whether it has all pieces under one of the keys.

    Asked here and not of the database, which then follows the index of the rarest one.
    """
    known = set(_pieces(entry))
    return not known or any(known.issuperset(each) for each in asked)


def _pieces(entry: Document) -> tuple[int, ...]:
    """None of what was listed before they were packed: its letter says what stands there."""
    return unpacked(entry.get("packed", b""))
