"""What each command causes: `decide`, which may refuse. Pure."""

from typing import assert_never

from services.publisher.domain.commands import (
    ApproveDraft,
    CategoryNoted,
    Command,
    CopyTaken,
    DraftProposed,
    Happening,
    HearProgress,
    NoteCategory,
    ProgressHeard,
    ProposeDraft,
    TakeCopy,
)
from services.publisher.domain.folding import page_of
from services.publisher.domain.letter import Letter, Proposed, Published, Waiting
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.releases_v1 import ReleasePublished
from shared.contracts.vocabulary import State
from shared.kernel.errors import NotAllowed, NotFound, OutOfOrder

ANSWERED: tuple[State, ...] = ("replied", "closed")
"""States in which a letter may be published."""


def decide(command: Command, letter: Letter) -> tuple[Happening, ...]:
    """What `command` causes to `letter`; nothing when it has already happened.

    Raises: NotFound, without a draft; OutOfOrder; NotAllowed, when one editor would do both.
    """
    match command:
        case NoteCategory(category):
            return (CategoryNoted(category),)
        case HearProgress(fact):
            return (ProgressHeard(fact),)
        case TakeCopy():
            return _take(command, letter)
        case ProposeDraft():
            return _propose(command, letter)
        case ApproveDraft():
            return _approve(command, letter)
        case _:
            assert_never(command)


def _take(command: TakeCopy, letter: Letter) -> tuple[Happening, ...]:
    """A newer copy takes the place of a draft; what may not be published is not kept at all."""
    if letter.is_barred or command.words is None or letter.page is not None:
        return ()
    return (CopyTaken(command.words, command.copy, command.at),)


def _propose(command: ProposeDraft, letter: Letter) -> tuple[Happening, ...]:
    draft = letter.draft
    if isinstance(draft, Proposed | Published) and draft.copy == command.copy:
        return ()
    _publishable(letter, command.copy)
    return (DraftProposed(command.editor, command.at),)


def _approve(command: ApproveDraft, letter: Letter) -> tuple[Happening, ...]:
    if isinstance(letter.draft, Published) and letter.draft.copy == command.copy:
        return ()
    draft = _publishable(letter, command.copy)
    if not isinstance(draft, Proposed):
        raise OutOfOrder("nobody has proposed it")
    if draft.editor == command.editor:
        raise NotAllowed("another editor must approve")
    return _publish(command, letter, draft)


def _publishable(letter: Letter, copy: int) -> Waiting:
    """The draft, if it is the copy that the editor has read and the letter stands as it must."""
    if letter.draft is None:
        raise NotFound("draft")
    if letter.waiting is None or letter.waiting.copy != copy:
        raise OutOfOrder("another copy stands there now")
    if letter.state not in ANSWERED:
        raise OutOfOrder(f"publish while {letter.state or 'not heard of'}")
    return letter.waiting


def _publish(command: ApproveDraft, letter: Letter, draft: Proposed) -> tuple[Happening, ...]:
    page = page_of(letter, draft, publication=command.publication, at=command.at)
    published = LetterPublished(
        publication=page.publication, path=page.path, published_at=page.published_at
    )
    released = ReleasePublished(
        publication=page.publication,
        path=page.path,
        title=page.title,
        topic=page.topic,
        city=page.city,
        month=page.month,
    )
    return published, released
