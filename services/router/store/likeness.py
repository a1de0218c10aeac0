"""Which letters say the same, or nearly? Asked of the catalogue when somebody looks, at a bound.

Nothing of it is kept: an erased letter is like no other from then on.
"""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from shared.platform.mongo.database import Collection, Document
from shared.rules.similarity import NEAR, distance

WINDOW: Final = timedelta(days=30)
"""Before and after a letter in which others are held beside it."""
MOST_HELD: Final = 500
"""Letters that are held beside those of one question."""

_TOLD: Final = dict.fromkeys(("at", "kid", "alike", "print"), 1)

How = Literal["same", "near"]
"""`same`: word for word, whatever the spelling and the marks of punctuation."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A letter that is like another."""

    letter: str
    how: How


async def alike_to(words: Collection, numbers: Some[str]) -> dict[str, list[Likeness]]:
    """For each of these letters, the others like it. Raises: DatabaseFault.

    What was listed under another key of the ring is not comparable, until it was made anew.
    """
    ours = await words.find({"_id": {"$in": list(numbers)}}, fields=_TOLD)
    if not ours:
        return {}
    ats = [one["at"] for one in ours]
    where = {
        "alike": {"$in": sorted({key for one in ours for key in one["alike"]})},
        "at": {"$gte": min(ats) - WINDOW, "$lte": max(ats) + WINDOW},
    }
    others = await words.find(where, fields=_TOLD, limit=MOST_HELD)
    return {one["_id"]: list(_like(one, others)) for one in ours}


def _like(one: Document, others: list[Document]) -> Iterator[Likeness]:
    """The very same first."""
    found = [
        Likeness(other["_id"], how)
        for other in others
        if other["_id"] != one["_id"] and (how := _how(one, other))
    ]
    yield from sorted(found, key=lambda like: (like.how != "same", like.letter))


def _how(one: Document, other: Document) -> How | None:
    if one["kid"] != other["kid"] or abs(one["at"] - other["at"]) > WINDOW:
        return None
    if one["alike"][0] == other["alike"][0]:
        return "same"
    prints = one["print"], other["print"]
    if None in prints or distance(*(int(each, 16) for each in prints)) > NEAR:
        return None
    return "near"
