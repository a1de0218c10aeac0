"""Letters like another, as far as somebody may see them: suggestions, which people act upon.

That two letters belong together is said by whoever links them (`handling.link`), and by nobody
else.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from pydantic import BaseModel

from services.router.api.desk import Desk
from services.router.api.seeing import found_by, seen_by
from services.router.domain import Letter
from services.router.store.likeness import How, Likeness
from shared.contracts.slugs import Holder
from shared.contracts.vocabulary import LinkKind, State
from shared.platform.http.tokens import Person

MOST_SHOWN = 20


class LinkShown(BaseModel):
    """What somebody has said that the letter belongs together with."""

    kind: LinkKind
    to: str
    """The other letter's number, or the campaign's code."""


class AlikeShown(BaseModel):
    """Another letter that says the same, or nearly, within a month."""

    letter: str
    how: How
    received_at: datetime
    state: State
    holder: Holder
    campaigns: tuple[str, ...]
    """Codes of those that it was linked to."""


async def alike_for(
    person: Person, numbers: Collection[str], *, desk: Desk
) -> dict[str, list[AlikeShown]]:
    """For each letter some of those like it of which this person sees all.

    Raises: DatabaseFault.
    """
    found = await desk.words.alike_to(numbers)
    others = {like.letter for likes in found.values() for like in likes}
    seen = await _seen(person, others, desk=desk)
    some = {
        number: [like for like in likes if like.letter in seen][:MOST_SHOWN]
        for number, likes in found.items()
    }
    wanted = sorted({like.letter for likes in some.values() for like in likes})
    letters = await desk.letters.states(wanted) if wanted else {}
    visible = {
        number: letter
        for number, letter in letters.items()
        if isinstance(letter, Letter) and seen_by(person, letter) == "all"
    }
    return {number: _shown(likes, visible) for number, likes in some.items()}


async def links_for(person: Person, letter: Letter, *, desk: Desk) -> list[LinkShown]:
    """What it was linked to, in the order in which that was said.

    Letters that this person doesn't see all of are left out. Raises: DatabaseFault.
    """
    others = {other for kind, other in letter.links if kind == "duplicate"}
    seen = await _seen(person, others, desk=desk)
    return [
        LinkShown(kind=kind, to=other)
        for kind, other in letter.links
        if kind == "campaign" or other in seen
    ]


async def _seen(person: Person, numbers: Collection[str], *, desk: Desk) -> set[str]:
    """Which of these letters this person sees all of."""
    if not numbers:
        return set()
    where = {"_id": {"$in": sorted(numbers)}} | found_by(person, least="all")
    return {one["_id"] for one in await desk.documents.find(where, fields={"_id": 1})}


def _shown(likes: list[Likeness], visible: Mapping[str, Letter]) -> list[AlikeShown]:
    return [
        AlikeShown(
            letter=like.letter,
            how=like.how,
            received_at=letter.received_at,
            state=letter.state,
            holder=letter.holder,
            campaigns=tuple(other for kind, other in letter.links if kind == "campaign"),
        )
        for like in likes
        if (letter := visible.get(like.letter)) is not None and letter.words is not None
    ]
