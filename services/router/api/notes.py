"""What those who work on a letter wrote down for themselves; the writer never sees it."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.router.api.desk import Desk
from services.router.domain.letter import Letter
from services.router.domain.masking import masked_note
from shared.contracts import words
from shared.contracts.progress_v1 import NoteAdded
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Role


class NoteShown(BaseModel):
    """A note, and whose it is."""

    number: int
    at: datetime | None
    role: Role
    bureau: Bureau | None
    text: str | None = Field(repr=False)
    """None once it was erased."""


async def notes_for(number: str, letter: Letter, *, desk: Desk) -> list[NoteShown]:
    """The letter's newest notes, oldest first, for whoever sees all of it.

    Raises: DatabaseFault.
    """
    found = await desk.notes.newest(number) if letter.notes else ()
    return [_shown(one, letter) for one in found]


def _shown(note: NoteAdded, letter: Letter) -> NoteShown:
    text = masked_note(note.words, letter) if isinstance(note.words, words.Note) else None
    return NoteShown(
        number=note.note,
        at=note.at,
        role=note.by.role,
        bureau=note.by.bureau,
        text=text.text if text else None,
    )
