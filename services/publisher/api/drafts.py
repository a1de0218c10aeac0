"""Routes for editors: drafts that wait; one editor proposes, another approves."""

from secrets import token_bytes
from typing import Annotated

from fastapi import APIRouter, Body

from services.publisher import store
from services.publisher.api.dependencies import (
    Desk,
    Editor,
    EditorialDesk,
    FreshEditor,
    LetterNumber,
    digest_of,
)
from services.publisher.api.drafts_schemas import (
    DraftListed,
    DraftShown,
    DraftsListed,
    WhichCopy,
    draft_shown,
)
from services.publisher.domain.draft import ApproveDraft, ProposeDraft
from services.publisher.domain.letter import NEW_COPY
from services.publisher.metrics import PUBLISHED
from shared.kernel.errors import NotFound
from shared.kernel.letter_number import RANDOM_BYTES, new_publication_id
from shared.platform.http.parameters import After
from shared.platform.http.tokens import Person
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.paging import place, written

router = APIRouter()


@router.get("/v1/drafts")
async def list_drafts(editor: Editor, desk: Desk, after: After = None) -> DraftsListed:
    """Drafts that wait for an editor, oldest first, as far as this one may see them."""
    rows, end = await store.drafts(
        desk.documents,
        desk.now(),
        seen=desk.seen_by(editor),
        after=place(after) if after else None,
    )
    listed = tuple(DraftListed.model_validate(row) for row in rows)
    return DraftsListed(drafts=listed, next=written(end) if end else None)


@router.get("/v1/drafts/{letter}")
async def show_draft(letter: LetterNumber, editor: Editor, desk: Desk) -> DraftShown:
    """One draft with its words."""
    return draft_shown(letter, await desk.letter(letter, editor), editor=editor)


@router.post("/v1/drafts/{letter}/proposal")
async def propose(
    letter: LetterNumber,
    editor: Editor,
    desk: Desk,
    which: Annotated[WhichCopy | None, Body()] = None,
) -> DraftShown:
    """Propose a draft for publication. Repeating the same call changes nothing."""
    copy, edition = await _read(letter, desk, which=which, editor=editor)
    command = ProposeDraft(copy, editor.staff_id, desk.now(), edition)
    name = f"propose:{copy}:{edition}:{digest_of(editor)}"
    state = await desk.tell(IdempotentCommand(letter, command, name))
    return draft_shown(letter, state, editor=editor)


@router.post("/v1/drafts/{letter}/approval")
async def approve(
    letter: LetterNumber,
    editor: FreshEditor,
    desk: Desk,
    which: Annotated[WhichCopy | None, Body()] = None,
) -> DraftShown:
    """Publish what another editor has proposed. Repeating the same call changes nothing."""
    copy, edition = await _read(letter, desk, which=which, editor=editor)
    drawn = new_publication_id(token_bytes(RANDOM_BYTES))
    command = ApproveDraft(copy, editor.staff_id, drawn, desk.now(), edition)
    name = f"approve:{copy}:{edition}:{digest_of(editor)}"
    state = await desk.tell(IdempotentCommand(letter, command, name))
    if state.page is not None and state.page.publication == drawn:
        PUBLISHED.inc()
    return draft_shown(letter, state, editor=editor)


async def _read(
    letter: str, desk: EditorialDesk, *, which: WhichCopy | None, editor: Person
) -> tuple[int, int]:
    """Copy and edition that the editor has read. Raises: NotFound, if they may not see it."""
    state = await desk.letter(letter, editor)
    if state.draft is None:
        raise NotFound("draft")
    which = which or WhichCopy()
    edition = state.editable.work.edition if state.editable else NEW_COPY
    return (
        state.draft.copy if which.copy_number is None else which.copy_number,
        edition if which.edition is None else which.edition,
    )
