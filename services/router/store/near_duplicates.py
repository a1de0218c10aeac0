"""Letters with the same or nearly the same text, from the word index, on request.

Nothing of it is stored: an erased letter is like no other from then on.
"""

from collections.abc import Collection as Many
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from shared.platform.mongo.database import Collection, Document
from shared.rules.similarity import NEAR, distance

WINDOW: Final = timedelta(days=30)
"""Before and after a letter in which others are compared with it."""
MOST_HELD: Final = 500
"""Limit of letters that one request compares."""

_TOLD: Final = dict.fromkeys(("at", "kid", "alike", "print"), 1)

Similarity = Literal["same", "near"]
"""`same`: word for word, whatever the spelling and punctuation."""


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """A letter that is like another."""

    letter: str
    how: Similarity


async def near_duplicates_of(
    words: Collection, numbers: Many[str]
) -> dict[str, list[NearDuplicate]]:
    """Return for each of these letters the others like it. Raises: DatabaseFault.

    Entries under different keys of the ring can't be compared until they are renewed.
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


def _like(one: Document, others: list[Document]) -> Iterator[NearDuplicate]:
    """The identical ones first."""
    found = [
        NearDuplicate(other["_id"], how)
        for other in others
        if other["_id"] != one["_id"] and (how := _how(one, other))
    ]
    yield from sorted(found, key=lambda like: (like.how != "same", like.letter))


def _how(one: Document, other: Document) -> Similarity | None:
    if one["kid"] != other["kid"] or abs(one["at"] - other["at"]) > WINDOW:
        return None
    if one["alike"][0] == other["alike"][0]:
        return "same"
    prints = one["print"], other["print"]
    if None in prints or distance(*(int(each, 16) for each in prints)) > NEAR:
        return None
    return "near"
