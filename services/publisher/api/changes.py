"""Routes for editors: problems and changes of publications; one proposes, another approves."""

from secrets import token_hex

from fastapi import APIRouter

from services.publisher import store
from services.publisher.api.changes_schemas import (
    NewChange,
    ProblemPages,
    ProblemsListed,
    WhichChange,
)
from services.publisher.api.dependencies import Desk, Editor, FreshEditor, LetterNumber, digest_of
from services.publisher.api.drafts_schemas import DraftShown, ProblemShown, draft_shown
from services.publisher.domain.publication import ApproveChange, ProposeChange
from services.publisher.metrics import CHANGED
from shared.contracts.words import PublicText
from shared.kernel.errors import NotFound
from shared.platform.http.parameters import After
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.paging import place, written

router = APIRouter()


@router.get("/v1/problems")
async def list_problems(editor: Editor, desk: Desk, after: After = None) -> ProblemPages:
    """Publications with undecided problems, as far as this editor may see them."""
    rows, end = await store.problems(
        desk.documents, seen=desk.seen_by(editor), after=place(after) if after else None
    )
    listed = tuple(
        ProblemsListed(
            letter=row.letter,
            publication=row.publication,
            problems=tuple(ProblemShown.model_validate(each) for each in row.problems),
            is_decision_proposed=row.is_decision_proposed,
        )
        for row in rows
    )
    return ProblemPages(publications=listed, next=written(end) if end else None)


@router.post("/v1/drafts/{letter}/change")
async def propose_change(
    letter: LetterNumber, body: NewChange, editor: Editor, desk: Desk
) -> DraftShown:
    """Propose a change of a publication. The same call again changes nothing."""
    published = (await desk.letter(letter, editor)).published
    if published is None:
        raise NotFound("publication")
    words = PublicText(**vars(body.words)) if body.words else None
    command = ProposeChange(
        body.outcome, body.problem, body.note, words, editor.staff_id, desk.now()
    )
    name = f"change:{published.page.publication}:{token_hex(16)}"
    return draft_shown(
        letter, await desk.tell(IdempotentCommand(letter, command, name)), editor=editor
    )


@router.post("/v1/drafts/{letter}/change/approval")
async def approve_change(
    letter: LetterNumber, body: WhichChange, editor: FreshEditor, desk: Desk
) -> DraftShown | None:
    """Approve another editor's proposal; null after a withdrawal, as no draft is left."""
    published = (await desk.letter(letter, editor)).published
    if published is None:
        raise NotFound("publication")
    name = f"change:{published.page.publication}:{body.number}:approve:{digest_of(editor)}"
    command = ApproveChange(body.number, editor.staff_id, desk.now())
    state = await desk.tell(IdempotentCommand(letter, command, name))
    change = published.change
    if change is not None and change.number == body.number:
        CHANGED.labels(change.outcome).inc()
    return draft_shown(letter, state, editor=editor) if state.draft else None
