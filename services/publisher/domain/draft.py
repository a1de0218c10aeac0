"""Drafts: a copy becomes a publication when one editor proposes it and another approves."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.publisher.domain.editing import check_no_numbers, edited_words
from services.publisher.domain.letter import (
    ANSWERED,
    CopiedDraft,
    LivePublication,
    ProposedDraft,
    PublicPage,
    PublisherLetter,
    WaitingDraft,
)
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.releases_v1 import ReleasePublished
from shared.contracts.words import PublicText
from shared.kernel.errors import NotAllowed, NotFound, OutOfOrder
from shared.kernel.working_days import civil_date


@dataclass(frozen=True)
class ReceiveCopy:
    """Store the copy that intake made for publication."""

    words: PublicText | None
    """None once it was erased."""
    copy: int
    at: datetime


@dataclass(frozen=True)
class ProposeDraft:
    """Propose that copy for publication."""

    copy: int
    editor: str
    at: datetime
    edition: int | None = None
    """Which one the editor has read; None: whatever is there."""


@dataclass(frozen=True)
class ApproveDraft:
    """Publish that copy under `publication`, a random id that the caller has drawn."""

    copy: int
    editor: str
    publication: str
    at: datetime
    edition: int | None = None


@dataclass(frozen=True)
class CopyReceived:
    """There is a copy that an editor can propose. Private, like the event below."""

    words: PublicText
    copy: int
    at: datetime


@dataclass(frozen=True)
class DraftProposed:
    """An editor has proposed to publish the copy."""

    editor: str
    at: datetime


# --- rules -------------------------------------------------------------------------------------


def receive_copy(command: ReceiveCopy, letter: PublisherLetter) -> tuple[CopyReceived, ...]:
    """A newer copy replaces a draft; nothing is stored if it must not be published."""
    if letter.is_barred or command.words is None:
        return ()
    return (CopyReceived(command.words, command.copy, command.at),)


def propose_draft(command: ProposeDraft, letter: PublisherLetter) -> tuple[DraftProposed, ...]:
    """One editor's proposal. Raises: NotFound, OutOfOrder, BadValue."""
    draft = letter.draft
    if isinstance(draft, ProposedDraft | LivePublication) and draft.copy == command.copy:
        return ()
    _publishable(letter, command)
    return (DraftProposed(command.editor, command.at),)


def approve_draft(
    command: ApproveDraft, letter: PublisherLetter
) -> tuple[LetterPublished | ReleasePublished, ...]:
    """Another editor's approval, which publishes.

    Raises: NotFound, OutOfOrder, NotAllowed, BadValue.
    """
    if letter.published is not None and letter.published.copy == command.copy:
        return ()
    draft = _publishable(letter, command)
    if not isinstance(draft, ProposedDraft):
        raise OutOfOrder("nobody has proposed it")
    if draft.editor == command.editor:
        raise NotAllowed("another editor must approve")
    return _publish(command, letter, draft)


def _publishable(letter: PublisherLetter, command: ProposeDraft | ApproveDraft) -> WaitingDraft:
    """The draft, if it is the one that the editor has read and the letter is answered.

    Raises: NotFound; OutOfOrder; BadValue, if somebody's number stands in it.
    """
    if letter.draft is None:
        raise NotFound("draft")
    draft = letter.waiting
    if draft is None or draft.copy != command.copy:
        raise OutOfOrder("another copy stands there now")
    if command.edition is not None and draft.work.edition != command.edition:
        raise OutOfOrder("the draft has changed in the meantime")
    if letter.state not in ANSWERED:
        raise OutOfOrder(f"publish while {letter.state or 'not heard of'}")
    check_no_numbers(edited_words(draft))
    return draft


def _publish(
    command: ApproveDraft, letter: PublisherLetter, draft: ProposedDraft
) -> tuple[LetterPublished, ReleasePublished]:
    page = page_of(letter, draft, publication=command.publication, at=command.at)
    published = LetterPublished(
        publication=page.publication,
        path=page.path,
        published_at=page.published_at,
        title=page.headline,
        city=page.city,
    )
    released = ReleasePublished(
        publication=page.publication,
        path=page.path,
        title=page.headline,
        topic=page.topic,
        city=page.city,
        month=page.month,
    )
    return published, released


# --- folds -------------------------------------------------------------------------------------


def copy_received(letter: PublisherLetter, event: CopyReceived) -> PublisherLetter:
    """The letter with that draft; a publication stays, with the copy beside it."""
    copy = CopiedDraft(event.words, event.copy, event.at)
    if letter.published is not None:
        return replace(letter, draft=replace(letter.published, newer=copy))
    return replace(letter, draft=copy)


def draft_proposed(letter: PublisherLetter, event: DraftProposed) -> PublisherLetter:
    """The letter with the proposed draft."""
    draft = letter.waiting
    if draft is None:
        return letter
    proposed = ProposedDraft(
        draft.words, draft.copy, draft.copied_at, event.editor, event.at, draft.work
    )
    return replace(letter, draft=proposed)


def letter_published(letter: PublisherLetter, event: LetterPublished) -> PublisherLetter:
    """The letter with its publication."""
    draft = letter.waiting
    if draft is None:
        return letter
    page = page_of(letter, draft, publication=event.publication, at=event.published_at)
    return replace(letter, draft=LivePublication(draft.copy, page), taken_down=None)


def page_of(
    letter: PublisherLetter, draft: WaitingDraft, *, publication: str, at: datetime
) -> PublicPage:
    """The page of a draft: words of the copy as edited, and codes from the router."""
    words = edited_words(draft)
    return PublicPage(
        publication=publication,
        title=words.title,
        text=words.text,
        reply=words.reply,
        published_at=at,
        month=f"{civil_date(at):%Y-%m}",
        bureau=letter.bureau,
        city=letter.city,
        topic=letter.topic,
        category=letter.category,
    )
