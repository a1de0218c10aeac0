"""Route that shows, while somebody writes, their own open letters and public answers like it."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.letter_presentation import letter_line
from services.intake.api.letters_schemas import LetterLine, NewLetter, Where
from services.intake.api.limited import limited
from services.intake.domain.letter import IntakeLetter
from services.intake.domain.same_matter import Matter, answers_near
from services.intake.store import newest_published, own_open_letters
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category
from shared.contracts.words import MAX_BODY, MAX_SUBJECT
from shared.kernel.errors import Refused
from shared.platform.http.identity import Citizen
from shared.platform.http.parameters import RequestBody
from shared.platform.http.tokens import Person
from shared.platform.runtime import data_files

router = APIRouter(prefix="/v1/letters", tags=["letters"])


class SameMatter(Refused):
    """The writer has an open letter on the same matter, to which something can be added."""

    status = 409
    code = "same_matter"

    def __init__(self, letter: str) -> None:
        super().__init__()
        self.members = {
            "detail": (
                "您已有一封内容相同的来信正在办理，可在原信中补充；如确属另一件事，仍可寄出。 · "
                "You have an open letter on the same matter and can add to it. "
                "If this is another matter, you may still send it."
            ),
            "letter": letter,
            "add_at": f"/v1/letters/{letter}/addition",
            "send_anyway": self.code,
        }


class BeingWritten(RequestBody):
    """What somebody has written so far."""

    subject: Annotated[str, Field(strict=True, max_length=MAX_SUBJECT)] = ""
    body: Annotated[str, Field(strict=True, max_length=MAX_BODY)] = ""
    category: Category | None = None
    place: Where = Where()


class OwnOpenLetter(LetterLine):
    """An open letter of the writer on the same matter."""

    add_at: str
    """Where to add to it instead."""


class PublicAnswerShown(BaseModel):
    """A published letter with its reply."""

    path: str
    """Below the address of the public pages."""
    title: str
    city: Bureau | None


class SimilarLetters(BaseModel):
    """What there is already."""

    own: list[OwnOpenLetter]
    public: list[PublicAnswerShown]
    """At most three, nearest first."""


@router.post("/similar", dependencies=[Depends(limited("drafts"))])
async def find_similar(body: BeingWritten, person: Citizen, desk: Desk) -> SimilarLetters:
    """The writer's own open letters on the same matter, and public answers to others' letters.

    Nothing is kept of what is sent here, and it is not triaged.
    """
    own = await own_letters_like(desk, person, body=body)
    published = await newest_published(desk.documents)
    public = answers_near(body.subject, body.body, city=body.place.city, published=published)
    return SimilarLetters(
        own=[_open_letter(number, letter) for number, letter in own.items()],
        public=[PublicAnswerShown.model_validate(each, from_attributes=True) for each in public],
    )


async def own_letters_like(
    desk: FrontDesk, person: Person, *, body: BeingWritten | NewLetter
) -> dict[str, IntakeLetter]:
    """The writer's open letters on the same matter, place and category, newest first."""
    found = await own_open_letters(
        desk.letters, desk.owners(person), category=body.category, city=body.place.city
    )
    matter = Matter.of(body.subject, body.body) if found else None
    return {
        number: letter
        for number, letter in found.items()
        if matter
        and letter.words
        and matter.is_same(Matter.of(letter.words.subject, letter.words.body))
    }


def _open_letter(number: str, letter: IntakeLetter) -> OwnOpenLetter:
    line = letter_line(number, letter, wording=data_files.categories())
    return OwnOpenLetter(**line.model_dump(), add_at=f"/v1/letters/{number}/addition")
