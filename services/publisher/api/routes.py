"""The routes: drafts for signed-in editors, publications for everyone."""

from hashlib import sha256
from secrets import token_bytes
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Request

from services.publisher import store
from services.publisher.api.desk import Desk
from services.publisher.api.drafts import DraftListed, DraftShown, DraftsListed, WhichCopy, shown
from services.publisher.api.publications import (
    PublicationListed,
    PublicationShown,
    PublicationsListed,
)
from services.publisher.domain import ApproveDraft, ProposeDraft
from services.publisher.metrics import PUBLISHED
from shared.kernel.errors import NotFound
from shared.kernel.letter_number import RANDOM_BYTES, new_publication_id
from shared.platform.identity import fresh, staff
from shared.platform.paging import place, written
from shared.platform.rules import Told
from shared.platform.tokens import Person
from shared.platform.web import open_to_all

router = APIRouter()

Editor = Annotated[Person, Depends(staff("editor"))]
FreshEditor = Annotated[Person, Depends(fresh(staff("editor")))]
After = Annotated[str | None, Query(max_length=80)]
LetterNumber = Annotated[str, Path(max_length=40)]
PublicationId = Annotated[str, Path(max_length=40)]


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


OurDesk = Annotated[Desk, Depends(_desk)]


@router.get("/v1/drafts")
async def list_drafts(editor: Editor, desk: OurDesk, after: After = None) -> DraftsListed:
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
async def show_draft(letter: LetterNumber, editor: Editor, desk: OurDesk) -> DraftShown:
    """One draft with its words."""
    return shown(letter, await desk.letter(letter, editor), editor=editor)


@router.post("/v1/drafts/{letter}/proposal")
async def propose(
    letter: LetterNumber,
    editor: Editor,
    desk: OurDesk,
    which: Annotated[WhichCopy | None, Body()] = None,
) -> DraftShown:
    """Propose a draft for publication. Repeating the same call changes nothing."""
    copy = await _copy(letter, desk, which=which, editor=editor)
    command = ProposeDraft(copy, editor.staff_id, desk.now())
    state = await desk.tell(Told(letter, command, f"propose:{copy}:{_digest(editor)}"))
    return shown(letter, state, editor=editor)


@router.post("/v1/drafts/{letter}/approval")
async def approve(
    letter: LetterNumber,
    editor: FreshEditor,
    desk: OurDesk,
    which: Annotated[WhichCopy | None, Body()] = None,
) -> DraftShown:
    """Publish what another editor has proposed. Repeating the same call changes nothing."""
    copy = await _copy(letter, desk, which=which, editor=editor)
    drawn = new_publication_id(token_bytes(RANDOM_BYTES))
    command = ApproveDraft(copy, editor.staff_id, drawn, desk.now())
    state = await desk.tell(Told(letter, command, f"approve:{copy}:{_digest(editor)}"))
    if state.page is not None and state.page.publication == drawn:
        PUBLISHED.inc()
    return shown(letter, state, editor=editor)


@router.get("/public/v1/publications")
@open_to_all
async def list_publications(desk: OurDesk, after: After = None) -> PublicationsListed:
    """What everyone may read, newest first."""
    pages, end = await store.publications(
        desk.documents, desk.now(), after=place(after) if after else None
    )
    listed = tuple(PublicationListed.model_validate(page) for page in pages)
    return PublicationsListed(publications=listed, next=written(end) if end else None)


@router.get("/public/v1/publications/{publication}")
@open_to_all
async def show_publication(publication: PublicationId, desk: OurDesk) -> PublicationShown:
    """One publication in full."""
    page = await store.publication(desk.documents, publication)
    if page is None:
        raise NotFound("publication")
    return PublicationShown.model_validate(page)


async def _copy(letter: str, desk: Desk, *, which: WhichCopy | None, editor: Person) -> int:
    """The copy that this editor speaks of, of a letter that they may see. Raises: NotFound."""
    state = await desk.letter(letter, editor)
    if which is not None and which.copy_number is not None:
        return which.copy_number
    if state.draft is None:
        raise NotFound("draft")
    return state.draft.copy


def _digest(editor: Person) -> str:
    """The editor in the name of a command: a name of the store holds no dots."""
    return sha256(editor.sub.encode()).hexdigest()[:16]
