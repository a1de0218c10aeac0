"""How a draft is shown to the editors who decide about it."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.publisher.domain import Letter, Proposed, Published
from shared.contracts.fields import Ordinal
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category, PoliceType, State
from shared.kernel.errors import NotFound
from shared.platform.tokens import Person


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


def shown(number: str, letter: Letter, *, editor: Person) -> DraftShown:
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
        is_proposed_by_you=proposed is not None and proposed.editor == editor.staff_id,
        publication=page.publication if page else None,
        path=page.path if page else None,
    )
