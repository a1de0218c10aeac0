"""What is kept of letters' words so that they are found: keyed hashes, in documents of their own.

{ _id: letter, at: when it was received, kid: the ring's key that the hashes come from,
  grams: pieces of what is searched, alike: the whole and the bands of its print, print: SimHash }

Made by a loop after a letter is kept, since hundreds of entries in an index would hold up those
who wait; thrown away when the words are erased (`work/cataloguing.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from collections.abc import Collection as Many
from datetime import datetime, timedelta
from typing import Final

from services.router.domain import Letter
from services.router.domain.searching import compared, searched
from services.router.store.likeness import Likeness, alike_to
from services.router.store.walking import AHEAD, NOT_ONE, Some, Walk
from shared.platform.clock import Now
from shared.platform.database import Collection, Delete, Document, Index, Insert, Update
from shared.platform.paging import Place
from shared.platform.wordhash import WordHash
from shared.rules.alike import bands, simhash
from shared.rules.grams import grams

WORDS: Final = "words"
INDEXES: Final = (
    Index((("grams", 1), ("at", 1))),
    Index((("at", 1),)),
    Index((("alike", 1), ("at", 1))),
)

TOGETHER: Final = 40
"""Entries that are read at once."""
MOST_PIECES: Final = 8
"""That an entry is asked for; the letter itself says whether the rest is there."""
COMMON: Final = 0.05
"""A share of letters in which a piece leads nowhere: they are as soon found by when they came."""
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
        print_ = simhash(hashed.of(grams(text)))
        return {
            "_id": number,
            "at": letter.received_at,
            "kid": hashed.kid,
            "grams": hashed.of(grams(searched(letter))),
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
        """Under which key the entry of each is, of those that have one."""
        found = await self._words.find({"_id": {"$in": list(numbers)}}, fields={"kid": 1})
        return {one["_id"]: one["kid"] for one in found}

    async def is_common(self, pieces: Iterable[str]) -> bool:
        """Whether even the rarest of these pieces is met in many letters."""
        await self._sampled()
        rarest = self._met[self._rarest_first(self._hashes[0], pieces)[0]]
        return rarest > COMMON * max(self._of, SAMPLE)

    async def holding(
        self, pieces: Many[str], *, after: Place, since: datetime | None
    ) -> AsyncIterator[Some]:
        """The letters with all these pieces, newest first; a few may lack the words all the same.

        Those with the rarest piece are looked at, whoever may see them.
        """
        await self._sampled()
        asked = [self._rarest_first(hashed, pieces) for hashed in self._hashes]
        is_one = len(asked[0]) == 1
        walk = Walk(self._words, "at", () if is_one else ("grams",))
        wheres = [{"grams": numbers[0]} for numbers in asked]
        async for found in walk.newest_first(wheres, after=after, most=TOGETHER, since=since):
            some = found if is_one else [one for one in found if _has_any(one, asked)]
            left = [walk.place(one) for one in some]
            yield Some(left, walk.place(found[-1]), len(found))

    async def alike_to(self, numbers: Many[str]) -> dict[str, list[Likeness]]:
        """For each of these letters, the others like it (`likeness.py`)."""
        return await alike_to(self._words, numbers)

    def _rarest_first(self, hashed: WordHash, pieces: Iterable[str]) -> list[int]:
        numbers = hashed.of(pieces)
        return sorted(numbers, key=lambda one: self._met[one])[:MOST_PIECES]

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
        walk = Walk(self._words, "at", ("grams",))
        async for found in walk.newest_first([{}], after=(now + AHEAD, NOT_ONE), most=TOGETHER):
            some += found
            if len(some) >= SAMPLE:
                break
        self._met = Counter(piece for one in some for piece in one["grams"])
        self._of = len(some)
        self._sampled_at = now


def _has_any(entry: Document, asked: Iterable[Sequence[int]]) -> bool:
    """Whether it has all pieces under one of the keys.

    Asked here and not of the database, which then follows the index of the rarest one.
    """
    known = set(entry["grams"])
    return any(known.issuperset(each) for each in asked)
