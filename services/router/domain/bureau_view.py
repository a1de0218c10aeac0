"""What the holder of a letter is told of it: `for_bureau`. Pure.

Copies go under the same type, words sealed for that bureau alone by the shell, staff left out.
"""

from typing import Any

from services.router.domain.due_dates import Book
from services.router.domain.letter import Letter, RouterState
from services.router.domain.masking import masked_comment, masked_text
from services.router.domain.preconditions import is_hidden, may_be_told
from services.router.domain.showing import anonymous, assigned, still_open
from shared.contracts.bureau_v1 import (
    AssignmentEnded,
    LetterIdentity,
    LetterSnapshot,
    PublicationNoted,
)
from shared.contracts.catalogue import COPIED
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    LetterRecalled,
    LetterReturned,
    LetterRouted,
    LetterWithdrawn,
)
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import IdentityWithheld
from shared.contracts.vocabulary import WhyEnded
from shared.contracts.words import Comment, WriterText

ENDS: dict[type[Fact], WhyEnded] = {
    LetterReturned: "returned",
    LetterRecalled: "recalled",
    AppealMade: "rerouted",
    LetterWithdrawn: "withdrawn",
}
"""Facts after which nothing more comes for an assignment."""


def told(event: object, state: RouterState) -> Bureau | None:
    """The bureau that hears of the event: the holder, or the one that it was taken from."""
    if isinstance(event, LetterReturned | LetterRecalled):
        return event.from_bureau
    if isinstance(event, AppealMade):
        return None if event.declined_by == "triage" else event.declined_by
    return state.bureau if isinstance(state, Letter) else None


def for_bureau(event: object, state: RouterState, *, book: Book) -> tuple[Event, ...]:
    """What the bureau that holds the letter after `event`, or lost it by that, is told of it.

    Once it is known that the letter must not reach it, nothing but that it is over; and after a
    withdrawal nothing at all, nor ever of what the department's inspection holds.
    """
    if not isinstance(state, Letter) or told(event, state) is None or state.is_quiet:
        return ()
    if isinstance(event, Fact) and type(event) in ENDS:
        ended = _ended(event, ENDS[type(event)])
        is_copied = type(event) in COPIED and not is_hidden(state)
        return (_copy(event, state), ended) if is_copied else (ended,)
    return _while_held(event, state, book) if may_be_told(state) else ()


def _while_held(event: object, letter: Letter, book: Book) -> tuple[Event, ...]:
    match event:
        case LetterRouted():
            return (assigned(event, letter, book=book), *still_open(letter))
        case LetterSnapshot():
            return (event, *still_open(letter))
        case LetterIdentity() | IdentityWithheld() | PublicationNoted():
            return (event,)
        case Fact() if type(event) in COPIED:
            return (_copy(event, letter),)
        case _:
            return ()


def _copy(event: Fact, letter: Letter) -> Fact:
    """The fact without staff; of a masked letter, with marks in the writer's words."""
    update: dict[str, Any] = {"by": anonymous(event.by)}
    words = getattr(event, "words", None)
    if letter.masked and isinstance(words, WriterText):
        update["words"] = masked_text(words)
    if letter.masked and isinstance(words, Comment):
        update["words"] = masked_comment(words)
    return event.model_copy(update=update)


def _ended(event: Fact, why: WhyEnded) -> AssignmentEnded:
    return AssignmentEnded(
        state=event.state,
        holder=event.holder,
        assignment=event.assignment,
        by=anonymous(event.by),
        at=event.at,
        why=why,
    )
