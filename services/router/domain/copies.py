"""What the holder of a letter is told of it: `for_bureau`. Pure.

Copies go under the same type, words sealed for that bureau alone by the shell, staff left out.
"""

from collections.abc import Iterator
from typing import Any

from services.router.domain.checks import is_hidden
from services.router.domain.earlier import conversation, masked, masked_comment, masked_text
from services.router.domain.letter import Letter, RouterState
from services.router.domain.parts import RunningClock
from shared.contracts.bureau_v1 import (
    AssignmentEnded,
    LetterAssigned,
    LetterIdentity,
    LetterSnapshot,
    PublicationNoted,
)
from shared.contracts.catalogue import COPIED
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    CommitmentMade,
    InstructionGiven,
    LetterRecalled,
    LetterReturned,
    LetterRouted,
    LetterWithdrawn,
)
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import IdentityWithheld
from shared.contracts.values import By, Due
from shared.contracts.vocabulary import WhyEnded
from shared.contracts.words import Comment, WriterText

MOST_ATTACHMENTS = 20
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


def for_bureau(event: object, state: RouterState) -> tuple[Event, ...]:
    """What the bureau that holds the letter after `event`, or lost it by that, is told of it.

    Once it is known that the letter must not reach it, nothing but that it is over.
    """
    if not isinstance(state, Letter) or told(event, state) is None:
        return ()
    if isinstance(event, Fact) and type(event) in ENDS:
        ended = _ended(event, ENDS[type(event)])
        is_copied = type(event) in COPIED and not is_hidden(state)
        return (_copy(event, state), ended) if is_copied else (ended,)
    return () if is_hidden(state) else _while_held(event, state)


def snapshot(letter: Letter) -> LetterSnapshot:
    """How the letter stands now, in place of all that its holder was told before."""
    return LetterSnapshot(**_shown(letter), by=By(role="rule"))


def _while_held(event: object, letter: Letter) -> tuple[Event, ...]:
    match event:
        case LetterRouted():
            return (_assigned(event, letter), *_still_open(letter))
        case LetterIdentity() | IdentityWithheld() | LetterSnapshot() | PublicationNoted():
            return (event,)
        case Fact() if type(event) in COPIED:
            return (_copy(event, letter),)
        case _:
            return ()


def _copy(event: Fact, letter: Letter) -> Fact:
    """The fact without staff; of a masked letter, with marks in the writer's words."""
    update: dict[str, Any] = {"by": _anonymous(event.by)}
    words = getattr(event, "words", None)
    if letter.masked and isinstance(words, WriterText):
        update["words"] = masked_text(words)
    if letter.masked and isinstance(words, Comment):
        update["words"] = masked_comment(words)
    return event.model_copy(update=update)


def _assigned(event: LetterRouted, letter: Letter) -> LetterAssigned:
    return LetterAssigned(
        **_shown(letter), by=_anonymous(event.by), at=event.at, clocks=event.clocks
    )


def _shown(letter: Letter) -> dict[str, Any]:
    """What the bureau that holds the letter may see of it."""
    return {
        "state": letter.state,
        "holder": letter.holder,
        "assignment": letter.assignment,
        "received_at": letter.received_at,
        "category": letter.category,
        "police_type": letter.police_type,
        "place": letter.place,
        "evidence": letter.evidence,
        "masked": letter.masked,
        "attachments": letter.attachments[:MOST_ATTACHMENTS],
        "dues": tuple(_due(clock) for clock in letter.clocks if not clock.is_paused)[:18],
        "follow_up": letter.is_followed_up,
        "supervised": letter.is_supervised,
        "reopened": letter.reopened,
        "words": masked(letter.words) if letter.masked and letter.words else letter.words,
        "earlier": conversation(letter),
    }


def _still_open(letter: Letter) -> Iterator[Fact]:
    """Instructions and promises that the new holder must answer for."""
    common: dict[str, Any] = {
        "state": letter.state,
        "holder": letter.holder,
        "assignment": letter.assignment,
    }
    for one in letter.instructions:
        if not one.is_answered:
            yield InstructionGiven(
                **common,
                by=By(role=one.role),
                instruction=one.number,
                office=one.office,
                answer_by=one.answer_by,
                words=one.words,
            )
    for made in letter.commitments:
        if made.kept is None:
            yield CommitmentMade(
                **common,
                by=By(role="rule"),
                commitment=made.number,
                due_on=made.due_on,
                words=made.words,
            )


def _ended(event: Fact, why: WhyEnded) -> AssignmentEnded:
    return AssignmentEnded(
        state=event.state,
        holder=event.holder,
        assignment=event.assignment,
        by=_anonymous(event.by),
        at=event.at,
        why=why,
    )


def _due(clock: RunningClock) -> Due:
    return Due(
        clock=clock.clock,
        round=clock.round,
        due_on=clock.due_on,
        passes_at=clock.passes_at,
        provisional=clock.provisional,
        receipt=clock.receipt,
    )


def _anonymous(by: By) -> By:
    return by.model_copy(update={"staff": None})
