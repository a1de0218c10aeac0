"""The routes by which editors decide about what is public: one proposes, another approves."""

from secrets import token_hex
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.publisher import store
from services.publisher.api.dependencies import (
    Editor,
    FreshEditor,
    LetterNumber,
    OurDesk,
    digest_of,
)
from services.publisher.api.drafts_schemas import DraftShown, ProblemShown, shown
from services.publisher.domain import ApproveChange, ProposeChange
from services.publisher.metrics import CHANGED
from shared.contracts.fields import OpaqueId, Ordinal
from shared.contracts.text import Text
from shared.contracts.vocabulary import CorrectionNote, ProblemOutcome
from shared.contracts.words import MAX_BODY, MAX_REPLY, MAX_SUBJECT, PublicText
from shared.kernel.errors import NotFound
from shared.platform.paging import place, written
from shared.platform.parameters import After
from shared.platform.rules import Told

router = APIRouter()


class NewWords(BaseModel):
    """What the publication is to say."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    title: Annotated[str, Text(1, MAX_SUBJECT)] = Field(repr=False)
    text: Annotated[str, Text(1, MAX_BODY)] = Field(repr=False)
    reply: Annotated[str, Text(1, MAX_REPLY)] = Field(repr=False)


class NewChange(BaseModel):
    """What an editor proposes: words and a note go with `corrected`, a problem with `unfounded`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    outcome: ProblemOutcome
    problem: OpaqueId | None = None
    note: CorrectionNote | None = None
    words: NewWords | None = Field(default=None, repr=False)


class WhichChange(BaseModel):
    """The proposal that the editor has read."""

    model_config = ConfigDict(extra="forbid")

    number: Ordinal


class ProblemsListed(BaseModel):
    """A publication with open problems."""

    letter: str
    publication: str
    problems: tuple[ProblemShown, ...]
    is_decision_proposed: bool


class ProblemPages(BaseModel):
    """One page of publications with open problems, the most urgent first."""

    publications: tuple[ProblemsListed, ...]
    next: str | None
    """What to ask for `after` to have the next page."""


@router.get("/v1/problems")
async def list_problems(editor: Editor, desk: OurDesk, after: After = None) -> ProblemPages:
    """Publications with problems that nobody has decided, as far as this editor may see them."""
    rows, end = await store.problems(
        desk.documents, seen=desk.seen_by(editor), after=place(after) if after else None
    )
    listed = tuple(
        ProblemsListed(
            letter=row.letter,
            publication=row.publication,
            problems=tuple(ProblemShown.model_validate(one) for one in row.problems),
            is_decision_proposed=row.is_decision_proposed,
        )
        for row in rows
    )
    return ProblemPages(publications=listed, next=written(end) if end else None)


@router.post("/v1/drafts/{letter}/change")
async def propose_change(
    letter: LetterNumber, body: NewChange, editor: Editor, desk: OurDesk
) -> DraftShown:
    """Propose what is to be done with a publication. The same call again changes nothing."""
    published = (await desk.letter(letter, editor)).published
    if published is None:
        raise NotFound("publication")
    words = PublicText(**vars(body.words)) if body.words else None
    command = ProposeChange(
        body.outcome, body.problem, body.note, words, editor.staff_id, desk.now()
    )
    name = f"change:{published.page.publication}:{token_hex(16)}"
    return shown(letter, await desk.tell(Told(letter, command, name)), editor=editor)


@router.post("/v1/drafts/{letter}/change/approval")
async def approve_change(
    letter: LetterNumber, body: WhichChange, editor: FreshEditor, desk: OurDesk
) -> DraftShown | None:
    """Have done what another editor proposes; nothing is left to be shown of what is withdrawn."""
    published = (await desk.letter(letter, editor)).published
    if published is None:
        raise NotFound("publication")
    name = f"change:{published.page.publication}:{body.number}:approve:{digest_of(editor)}"
    command = ApproveChange(body.number, editor.staff_id, desk.now())
    state = await desk.tell(Told(letter, command, name))
    change = published.change
    if change is not None and change.number == body.number:
        CHANGED.labels(change.outcome).inc()
    return shown(letter, state, editor=editor) if state.draft else None
