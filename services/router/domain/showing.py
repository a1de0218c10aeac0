"""What the bureau that takes a letter over may see of it. Pure."""

from collections.abc import Iterator
from typing import Any

from services.router.domain.due_dates import Book, receipt_of
from services.router.domain.earlier import conversation
from services.router.domain.letter import Letter
from services.router.domain.masking import masked, masked_note
from services.router.domain.parts import RunningClock
from services.router.domain.standing import standing
from services.router.domain.timers import MANY
from shared.contracts.bureau_v1 import LetterAssigned, LetterSnapshot
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import CommitmentMade, InstructionGiven, LetterRouted
from shared.contracts.values import By, Due, Receipt
from shared.contracts.vocabulary import PoliceType
from shared.contracts.words import LetterText
from shared.kernel.complaints import INSPECTION, Path, path_of_complaint

MOST_ATTACHMENTS = 20
MOST_DUES = 18


def assigned(event: LetterRouted, letter: Letter, *, book: Book) -> LetterAssigned:
    """The letter, to the bureau that has it from now on."""
    return LetterAssigned(
        **_shown(letter, book), by=anonymous(event.by), at=event.at, clocks=event.clocks
    )


def snapshot(letter: Letter, *, book: Book) -> LetterSnapshot:
    """How the letter stands now, in place of all that its holder was told before."""
    return LetterSnapshot(**_shown(letter, book), by=By(role="rule"))


def still_open(letter: Letter) -> Iterator[Fact]:
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
                words=masked_note(one.words, letter),
            )
    for made in letter.commitments:
        if made.kept is None:
            yield CommitmentMade(
                **common,
                by=By(role="rule"),
                commitment=made.number,
                due_on=made.due_on,
                words=masked_note(made.words, letter),
            )


def anonymous(by: By) -> By:
    """Who did it, without which of the staff."""
    return by if by.staff is None else by.model_copy(update={"staff": None})


def _shown(letter: Letter, book: Book) -> dict[str, Any]:
    """What the bureau that holds the letter may see of it."""
    return {
        "state": letter.state,
        "holder": letter.holder,
        "assignment": letter.assignment,
        "received_at": letter.received_at,
        "category": letter.category,
        "police_type": _line_of_work(letter),
        "place": letter.place,
        "evidence": letter.evidence,
        "masked": letter.masked,
        "attachments": letter.attachments[:MOST_ATTACHMENTS],
        "dues": tuple(_dues(letter, book.under(letter.policy_version)))[:MOST_DUES],
        "follow_up": letter.is_followed_up,
        "supervised": letter.is_supervised,
        "reopened": letter.reopened,
        "words": _words(letter),
        "earlier": conversation(letter),
    }


def _words(letter: Letter) -> LetterText | None:
    """The text as its holder may read it, without the salt of digests."""
    if letter.words is None or not letter.masked:
        return letter.words and letter.words.model_copy(update={"salt": None})
    return masked(letter.words)


def _line_of_work(letter: Letter) -> PoliceType | None:
    """Who in the bureau is to have it: of complaints about one of its units, its inspection."""
    about = standing(letter).about
    if about is not None and path_of_complaint(about) == Path(letter.holder, INSPECTION):
        return INSPECTION
    return letter.police_type


def _dues(letter: Letter, book: Book) -> Iterator[Due]:
    """Clocks that run. Promises and instructions come last, for each is told of by itself."""
    for clock in sorted(letter.clocks, key=lambda one: one.clock in MANY):
        if not clock.is_paused:
            yield _due(clock, receipt_of(clock, letter, book=book))


def _due(clock: RunningClock, receipt: Receipt | None) -> Due:
    return Due(
        clock=clock.clock,
        round=clock.round,
        due_on=clock.due_on,
        passes_at=clock.passes_at,
        provisional=clock.provisional,
        receipt=receipt,
    )
