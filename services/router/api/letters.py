"""One letter for staff, with its notes, its links and letters like it."""

from collections.abc import Collection, Mapping

from fastapi import APIRouter

from services.router.api.dependencies import (
    Reader,
    RouterDesk,
    TheDesk,
    found_by,
    letter_for,
    seen_by,
)
from services.router.api.letters_schemas import AlikeShown, LetterShown, LinkShown, NoteShown, shown
from services.router.domain.letter import Letter
from services.router.domain.masking import masked_note
from services.router.store.near_duplicates import NearDuplicate
from shared.contracts import words
from shared.contracts.progress_v1 import NoteAdded
from shared.platform.http.tokens import Person

router = APIRouter(prefix="/v1", tags=["letters"])


@router.get("/letters/{letter}")
async def read_one(letter: str, person: Reader, desk: TheDesk) -> LetterShown:
    """A letter, as far as this person may see it, with notes, links and letters like it."""
    number, found, sight = await letter_for(person, letter, desk=desk)
    told = shown(number, found, sight=sight)
    if sight == "all":
        told.notes = await notes_for(number, found, desk=desk)
        told.links = await links_for(person, found, desk=desk)
        told.alike = (await alike_for(person, [number], desk=desk)).get(number, [])
    return told


MOST_SHOWN = 20


async def alike_for(
    person: Person, numbers: Collection[str], *, desk: RouterDesk
) -> dict[str, list[AlikeShown]]:
    """For each letter return some letters like it that this person may see completely.

    They are suggestions: only people link letters (`handling.link`). Raises: DatabaseFault.
    """
    found = await desk.words.near_duplicates_of(numbers)
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


async def links_for(person: Person, letter: Letter, *, desk: RouterDesk) -> list[LinkShown]:
    """Return the letter's links, in the order in which they were made.

    Letters that this person may not see completely are left out. Raises: DatabaseFault.
    """
    others = {other for kind, other in letter.links if kind == "duplicate"}
    seen = await _seen(person, others, desk=desk)
    return [
        LinkShown(kind=kind, to=other)
        for kind, other in letter.links
        if kind == "campaign" or other in seen
    ]


async def notes_for(number: str, letter: Letter, *, desk: RouterDesk) -> list[NoteShown]:
    """Return the letter's newest notes, oldest first, for a person who may see all of it.

    Raises: DatabaseFault.
    """
    found = await desk.notes.newest(number) if letter.notes else ()
    return [_note_shown(moved, letter) for moved in found]


async def _seen(person: Person, numbers: Collection[str], *, desk: RouterDesk) -> set[str]:
    """Which of these letters this person may see completely."""
    if not numbers:
        return set()
    where = {"_id": {"$in": sorted(numbers)}} | found_by(person, least="all")
    return {document["_id"] for document in await desk.documents.find(where, fields={"_id": 1})}


def _shown(likes: list[NearDuplicate], visible: Mapping[str, Letter]) -> list[AlikeShown]:
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


def _note_shown(note: NoteAdded, letter: Letter) -> NoteShown:
    text = masked_note(note.words, letter) if isinstance(note.words, words.Note) else None
    return NoteShown(
        number=note.note,
        at=note.at,
        role=note.by.role,
        bureau=note.by.bureau,
        text=text.text if text else None,
    )
