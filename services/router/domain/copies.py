"""What the holder of a letter is told of it: `for_bureau`. Pure.

Copies go under the same type, words sealed for that bureau alone by the shell, staff left out.
"""

from typing import Any

from services.router.domain.letter import Letter, RouterState, RunningClock
from services.router.domain.standing import standing
from shared.contracts.bureau_v1 import (
    AssignmentEnded,
    LetterAssigned,
    LetterIdentity,
    LetterSnapshot,
)
from shared.contracts.catalogue import COPIED
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import LetterRated, LetterRouted, LetterWithdrawn
from shared.contracts.submitted_v1 import IdentityWithheld
from shared.contracts.values import By, Due
from shared.contracts.vocabulary import PoliceType
from shared.contracts.words import LetterText
from shared.kernel.complaints import INSPECTION, Path, path_of_complaint
from shared.kernel.masking import mask
from shared.kernel.seeing import may_reach


def for_bureau(event: object, state: RouterState) -> tuple[Event, ...]:
    """What the bureau that holds the letter after `event` is told because of it.

    Once it is known that the letter must not reach it, nothing but that it is over.
    A comment on a masked letter stays here: nobody has marked where its writer names themself.
    """
    if not isinstance(state, Letter) or state.bureau is None:
        return ()
    if not may_reach(standing(state), state.bureau):
        return (_ended(event),) if isinstance(event, LetterWithdrawn) else ()
    match event:
        case LetterRouted():
            return (_assigned(event, state),)
        case LetterWithdrawn():
            return _without_staff(event), _ended(event)
        case LetterIdentity() | IdentityWithheld() | LetterSnapshot():
            return (event,)
        case LetterRated() if state.masked:
            return (_without_staff(event).model_copy(update={"words": None}),)
        case Fact() if type(event) in COPIED:
            return (_without_staff(event),)
        case _:
            return ()


def _assigned(event: LetterRouted, letter: Letter) -> LetterAssigned:
    return LetterAssigned(**_shown(letter), by=_anonymous(event.by), clocks=event.clocks)


def _shown(letter: Letter) -> dict[str, Any]:
    """What the bureau that holds the letter may see of it."""
    return {
        "state": letter.state,
        "holder": letter.holder,
        "assignment": letter.assignment,
        "received_at": letter.received_at,
        "category": letter.category,
        "police_type": _line_of_work(letter),
        "place": letter.place,
        "masked": letter.masked,
        "attachments": letter.attachments,
        "dues": tuple(_due(clock, letter) for clock in letter.clocks),
        "follow_up": letter.is_followed_up,
        "words": masked(letter.words) if letter.masked and letter.words else letter.words,
    }


def _line_of_work(letter: Letter) -> PoliceType | None:
    """Who in the bureau is to have it: of complaints about one of its units, its inspection."""
    about = standing(letter).about
    if about is not None and path_of_complaint(about) == Path(letter.holder, INSPECTION):
        return INSPECTION
    return letter.police_type


def snapshot(letter: Letter) -> LetterSnapshot:
    """How the letter stands now, in place of all that its holder was told before."""
    return LetterSnapshot(**_shown(letter), by=By(role="rule"))


def masked(words: LetterText) -> LetterText:
    """The text with marks for the writer's own values."""
    return LetterText(
        subject=mask(words.subject, words.subject_spans),
        body=mask(words.body, words.own_spans),
    )


def _ended(event: LetterWithdrawn) -> AssignmentEnded:
    return AssignmentEnded(
        state=event.state,
        holder=event.holder,
        assignment=event.assignment,
        by=event.by,
        why="withdrawn",
    )


def _due(clock: RunningClock, letter: Letter) -> Due:
    return Due(
        clock=clock.clock,
        round=clock.round,
        due_on=clock.due_on,
        passes_at=clock.passes_at,
        provisional=clock.provisional,
        receipt=letter.receipt if clock.clock == "reply" else None,
    )


def _without_staff(event: Fact) -> Fact:
    return event.model_copy(update={"by": _anonymous(event.by)})


def _anonymous(by: By) -> By:
    return by.model_copy(update={"staff": None})
