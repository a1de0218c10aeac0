"""How does a copy become a publication? One editor proposes, another approves. Pure."""

from services.publisher.domain.commands import ApproveDraft, ProposeDraft, TakeCopy
from services.publisher.domain.evolve import page_of
from services.publisher.domain.happenings import CopyTaken, DraftProposed, Happening
from services.publisher.domain.letter import Letter, Proposed, Published, Waiting
from services.publisher.domain.standing import ANSWERED
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.releases_v1 import ReleasePublished
from shared.contracts.words import PublicText
from shared.kernel.errors import BadValue, NotAllowed, NotFound, OutOfOrder
from shared.rules.pii import exposed_parts


def take(command: TakeCopy, letter: Letter) -> tuple[Happening, ...]:
    """A newer copy takes the place of a draft; what may not be published is not kept at all."""
    if letter.is_barred or command.words is None:
        return ()
    return (CopyTaken(command.words, command.copy, command.at),)


def propose(command: ProposeDraft, letter: Letter) -> tuple[Happening, ...]:
    """One editor's proposal. Raises: NotFound, OutOfOrder, BadValue."""
    draft = letter.draft
    if isinstance(draft, Proposed | Published) and draft.copy == command.copy:
        return ()
    _publishable(letter, command.copy)
    return (DraftProposed(command.editor, command.at),)


def approve(command: ApproveDraft, letter: Letter) -> tuple[Happening, ...]:
    """Another's approval, which publishes. Raises: NotFound, OutOfOrder, NotAllowed, BadValue."""
    if isinstance(letter.draft, Published) and letter.draft.copy == command.copy:
        return ()
    draft = _publishable(letter, command.copy)
    if not isinstance(draft, Proposed):
        raise OutOfOrder("nobody has proposed it")
    if draft.editor == command.editor:
        raise NotAllowed("another editor must approve")
    return _publish(command, letter, draft)


def check_numbers(words: PublicText) -> None:
    """Copies of an older intake, and editors' words, may show numbers. Raises: BadValue."""
    for part in exposed_parts(words):
        raise BadValue(f"words.{part}")


def _publishable(letter: Letter, copy: int) -> Waiting:
    """The draft, if it is the copy that the editor has read and the letter stands as it must.

    Raises: NotFound; OutOfOrder; BadValue, if somebody's number stands in it.
    """
    if letter.draft is None:
        raise NotFound("draft")
    if letter.waiting is None or letter.waiting.copy != copy:
        raise OutOfOrder("another copy stands there now")
    if letter.state not in ANSWERED:
        raise OutOfOrder(f"publish while {letter.state or 'not heard of'}")
    check_numbers(letter.waiting.words)
    return letter.waiting


def _publish(command: ApproveDraft, letter: Letter, draft: Proposed) -> tuple[Happening, ...]:
    page = page_of(letter, draft, publication=command.publication, at=command.at)
    published = LetterPublished(
        publication=page.publication, path=page.path, published_at=page.published_at
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
