"""What each event leaves behind: `evolve`, which never refuses. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from services.publisher.domain.commands import (
    CategoryNoted,
    CopyTaken,
    DraftProposed,
    Happening,
    ProgressHeard,
)
from services.publisher.domain.letter import (
    Copied,
    Letter,
    Page,
    Proposed,
    Published,
    Waiting,
)
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import LetterReceived, LetterRouted
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.releases_v1 import ReleasePublished
from shared.kernel.working_days import civil_date


def evolve(letter: Letter, event: Happening) -> Letter:
    """The letter that `event` leaves behind."""
    match event:
        case CategoryNoted(category):
            return _barred(letter) if category == "report" else letter
        case ProgressHeard(fact):
            return _heard(letter, fact)
        case CopyTaken():
            return replace(letter, draft=Copied(event.words, event.copy, event.at))
        case DraftProposed():
            return replace(letter, draft=_proposed(letter, event))
        case LetterPublished():
            return replace(letter, draft=_published(letter, event))
        case ReleasePublished():
            return letter
        case _:
            assert_never(event)


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


def _heard(letter: Letter, fact: Fact) -> Letter:
    """The letter once the router has said `fact`; once a report or withdrawn, barred for good."""
    bureau = letter.bureau if fact.holder == "triage" else fact.holder
    now = replace(letter, state=fact.state, bureau=bureau)
    if isinstance(fact, LetterReceived):
        now = replace(now, category=fact.category, city=fact.place.city, topic=fact.police_type)
        now = replace(now, about=fact.about, excluded=fact.excluded)
    if isinstance(fact, LetterRouted):
        now = replace(now, category=fact.category)
    return _barred(now) if now.category == "report" or now.state == "withdrawn" else now


def _barred(letter: Letter) -> Letter:
    """The letter, never to be published; its draft is gone, and what is public stays."""
    return replace(letter, is_barred=True, draft=None if letter.waiting else letter.draft)


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
