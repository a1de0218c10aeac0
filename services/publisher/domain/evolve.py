"""What each event leaves behind: `evolve`, which never refuses. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from services.publisher.domain.happenings import (
    CategoryNoted,
    ChangeMade,
    ChangeProposed,
    CopyTaken,
    DraftDropped,
    DraftProposed,
    Happening,
    ProgressHeard,
)
from services.publisher.domain.letter import Copied, Letter, Proposed, Published, Waiting
from services.publisher.domain.letter_projection import NEVER_PUBLISHED, barred, heard
from services.publisher.domain.pages import Page
from services.publisher.domain.standing import changed, reported, settled
from shared.contracts.published_v1 import (
    LetterPublished,
    PublicationCorrected,
    PublicationProblemDecided,
    PublicationProblemReported,
    PublicationWithdrawn,
)
from shared.contracts.releases_v1 import ReleaseCorrected, ReleasePublished, ReleaseWithdrawn
from shared.kernel.working_days import civil_date


def evolve(letter: Letter, event: Happening) -> Letter:
    """The letter that `event` leaves behind."""
    match event:
        case CategoryNoted(category):
            return barred(letter) if category in NEVER_PUBLISHED else letter
        case ProgressHeard(fact):
            return heard(letter, fact)
        case DraftDropped() | PublicationWithdrawn():
            return replace(letter, draft=None)
        case CopyTaken():
            return _taken(letter, Copied(event.words, event.copy, event.at))
        case DraftProposed():
            return replace(letter, draft=_proposed(letter, event))
        case LetterPublished():
            return replace(letter, draft=_published(letter, event))
        case _:
            return _of_page(letter, event)


def page_of(letter: Letter, draft: Waiting, *, publication: str, at: datetime) -> Page:
    """What everyone will read: the copy's words and what the router said in codes."""
    words = draft.words
    return Page(
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


def _of_page(
    letter: Letter,
    event: ChangeProposed
    | ChangeMade
    | PublicationProblemReported
    | PublicationProblemDecided
    | ReleasePublished
    | PublicationCorrected
    | ReleaseCorrected
    | ReleaseWithdrawn,
) -> Letter:
    """What happens to what is public; nothing of it where nothing is."""
    published = letter.published
    if published is None:
        return letter
    match event:
        case PublicationProblemReported():
            number = letter.problems + 1
            return replace(letter, problems=number, draft=reported(published, event, number=number))
        case PublicationProblemDecided():
            return replace(letter, draft=settled(published, event))
        case ChangeProposed(change):
            changes = published.changes + 1
            return replace(letter, draft=replace(published, change=change, changes=changes))
        case ChangeMade():
            return replace(letter, draft=changed(published, event, state=letter.state))
        case ReleasePublished() | PublicationCorrected() | ReleaseCorrected() | ReleaseWithdrawn():
            return letter
        case _:
            assert_never(event)


def _taken(letter: Letter, copy: Copied) -> Letter:
    """A newer copy is the draft; what is public stays, with the copy beside it."""
    if letter.published is not None:
        return replace(letter, draft=replace(letter.published, newer=copy))
    return replace(letter, draft=copy)


def _proposed(letter: Letter, event: DraftProposed) -> Proposed | Published | None:
    draft = letter.draft
    if not isinstance(draft, Copied | Proposed):
        return draft
    return Proposed(draft.words, draft.copy, draft.copied_at, event.editor, event.at)


def _published(letter: Letter, event: LetterPublished) -> Published | None:
    draft = letter.draft
    if not isinstance(draft, Copied | Proposed):
        return draft
    page = page_of(letter, draft, publication=event.publication, at=event.published_at)
    return Published(draft.copy, page)
