"""What editors do with drafts, and what everyone may read as JSON."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from services.publisher import store
from services.publisher.domain import (
    ApproveDraft,
    Command,
    Letter,
    Proposed,
    ProposeDraft,
    Published,
)
from services.publisher.metrics import PUBLISHED
from shared.contracts.fields import Ordinal
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category, PoliceType, State
from shared.kernel.errors import NotFound
from shared.kernel.letter_number import RANDOM_BYTES, new_publication_id
from shared.platform.clock import Now
from shared.platform.database import Collection
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


class Desk:
    """What the routes work with."""

    def __init__(
        self,
        documents: Collection,
        tell: Callable[[Told[Command]], Awaitable[Letter]],
        *,
        state_of: Callable[[str], Awaitable[Letter | None]],
        now: Now,
    ) -> None:
        self.documents = documents
        self.tell = tell
        self.now = now
        self._state_of = state_of

    async def letter(self, number: str) -> Letter:
        """The letter, if there is or was a draft of it. Raises: NotFound."""
        letter = await self._state_of(number)
        if letter is None or letter.draft is None:
            raise NotFound("draft")
        return letter


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


OurDesk = Annotated[Desk, Depends(_desk)]


class WhichCopy(BaseModel):
    """The copy that the editor has read; without it, the one that stands there now."""

    copy_number: Ordinal | None = Field(default=None, alias="copy")


class DraftShown(BaseModel):
    """A draft as editors see it; of the two editors, only whether it was you."""

    letter: str
    stage: Literal["copied", "proposed", "published"]
    copy_number: int = Field(serialization_alias="copy")
    state: State | None
    category: Category | None
    city: Bureau | None
    topic: PoliceType | None
    title: str = Field(repr=False)
    text: str = Field(repr=False)
    reply: str = Field(repr=False)
    proposed_at: datetime | None = None
    is_proposed_by_you: bool = False
    publication: str | None = None
    path: str | None = None


class DraftListed(BaseModel):
    """A draft in the list, without its words."""

    model_config = ConfigDict(from_attributes=True)

    letter: str
    copied_at: datetime
    stage: Literal["copied", "proposed"]
    copy_number: int = Field(validation_alias="copy", serialization_alias="copy")
    state: State | None
    category: Category | None
    city: Bureau | None
    topic: PoliceType | None


class DraftsListed(BaseModel):
    """One page of drafts that wait, oldest first."""

    drafts: tuple[DraftListed, ...]
    next: str | None
    """What to ask for `after` to have the next page."""


class PublicationListed(BaseModel):
    """A line of the public list: everything but the words."""

    model_config = ConfigDict(from_attributes=True)

    publication: str
    path: str
    title: str
    published_at: datetime
    category: Category | None
    topic: PoliceType | None
    city: Bureau | None
    bureau: Bureau | None
    """Who answered."""


class PublicationShown(PublicationListed):
    """A publication in full."""

    title: str = Field(repr=False)
    text: str = Field(repr=False)
    reply: str = Field(repr=False)


class PublicationsListed(BaseModel):
    """One page of publications, newest first."""

    publications: tuple[PublicationListed, ...]
    next: str | None
    """What to ask for `after` to have the next page."""


@router.get("/v1/drafts")
async def list_drafts(_: Editor, desk: OurDesk, after: After = None) -> DraftsListed:
    """Drafts that wait for an editor, oldest first."""
    rows, end = await store.drafts(
        desk.documents, desk.now(), after=place(after) if after else None
    )
    listed = tuple(DraftListed.model_validate(row) for row in rows)
    return DraftsListed(drafts=listed, next=written(end) if end else None)


@router.get("/v1/drafts/{letter}")
async def show_draft(letter: LetterNumber, editor: Editor, desk: OurDesk) -> DraftShown:
    """One draft with its words."""
    return _shown(letter, await desk.letter(letter), editor)


@router.post("/v1/drafts/{letter}/proposal")
async def propose(
    letter: LetterNumber,
    editor: Editor,
    desk: OurDesk,
    which: Annotated[WhichCopy | None, Body()] = None,
) -> DraftShown:
    """Propose a draft for publication. Repeating the same call changes nothing."""
    copy = await _copy(letter, desk, which)
    command = ProposeDraft(copy, editor.sub, desk.now())
    state = await desk.tell(Told(letter, command, f"propose:{copy}:{_digest(editor)}"))
    return _shown(letter, state, editor)


@router.post("/v1/drafts/{letter}/approval")
async def approve(
    letter: LetterNumber,
    editor: FreshEditor,
    desk: OurDesk,
    which: Annotated[WhichCopy | None, Body()] = None,
) -> DraftShown:
    """Publish what another editor has proposed. Repeating the same call changes nothing."""
    copy = await _copy(letter, desk, which)
    drawn = new_publication_id(token_bytes(RANDOM_BYTES))
    command = ApproveDraft(copy, editor.sub, drawn, desk.now())
    state = await desk.tell(Told(letter, command, f"approve:{copy}:{_digest(editor)}"))
    if state.page is not None and state.page.publication == drawn:
        PUBLISHED.inc()
    return _shown(letter, state, editor)


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


async def _copy(letter: str, desk: Desk, which: WhichCopy | None) -> int:
    if which is not None and which.copy_number is not None:
        return which.copy_number
    state = await desk.letter(letter)
    if state.draft is None:
        raise NotFound("draft")
    return state.draft.copy


def _shown(number: str, letter: Letter, editor: Person) -> DraftShown:
    """The draft as `editor` sees it. Raises: NotFound, when there is none any more."""
    draft = letter.draft
    if draft is None:
        raise NotFound("draft")
    words = draft.page if isinstance(draft, Published) else draft.words
    proposed = draft if isinstance(draft, Proposed) else None
    page = letter.page
    return DraftShown(
        letter=number,
        stage=draft.kind,
        copy_number=draft.copy,
        state=letter.state,
        category=letter.category,
        city=letter.city,
        topic=letter.topic,
        title=words.title,
        text=words.text,
        reply=words.reply,
        proposed_at=proposed.proposed_at if proposed else None,
        is_proposed_by_you=proposed is not None and proposed.editor == editor.sub,
        publication=page.publication if page else None,
        path=page.path if page else None,
    )


def _digest(editor: Person) -> str:
    """The editor in the name of a command: a name of the store holds no dots."""
    return sha256(editor.sub.encode()).hexdigest()[:16]
