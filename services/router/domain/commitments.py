"""Commitments that a reply makes, and their fulfillment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.router.domain.actors import HolderCommand
from services.router.domain.context import DecisionContext, stopped
from services.router.domain.due_dates import change_of
from services.router.domain.letter import CommitmentRecord, Letter, Pledge, words_as
from services.router.domain.preconditions import check_holding, check_words
from shared.contracts.progress_v1 import CommitmentFulfilled, CommitmentMade
from shared.contracts.words import LARGEST_WORDS, Note
from shared.kernel.errors import BadValue, OutOfOrder
from shared.kernel.frozen import replace


@dataclass(frozen=True)
class FulfilCommitment(HolderCommand):
    """Show that a commitment was kept."""

    commitment: int
    words: Note | None


LONGEST_PROMISE_YEARS = 5


def fulfil(command: FulfilCommitment, context: DecisionContext) -> tuple[CommitmentFulfilled, ...]:
    """Record that a commitment was kept, in time or late; also after the letter has ended.

    Raises: NotHeld, StaleAssignment, BadValue, OutOfOrder.
    """
    letter = context.letter
    check_holding(command, letter)
    check_words(command.words)
    found = next(
        (promise for promise in letter.commitments if promise.number == command.commitment), None
    )
    if found is None:
        raise BadValue("commitment")
    if found.kept is not None:
        raise OutOfOrder("fulfilled already")
    return (
        CommitmentFulfilled(
            **context.plain_header(*stopped(context, "commitment", number=found.number)),
            commitment=found.number,
            kept="in_time" if context.today <= found.due_on else "late",
            words=command.words,
        ),
    )


def promised(context: DecisionContext, pledge: Pledge) -> CommitmentMade:
    """Make a commitment; its clock is due on the promised day and outlives the letter."""
    number = len(context.letter.commitments) + 1
    due = context.rulebook.promised(pledge.due_on, start=context.today)
    clock = change_of("started", "commitment", round_=number, due=due, rulebook=context.rulebook)
    return CommitmentMade(
        **context.plain_header(clock),
        commitment=number,
        due_on=pledge.due_on,
        words=pledge.words,
    )


def check_promises(promises: Iterable[Pledge], *, today: date) -> None:
    """Check dates and texts of the commitments in a draft. Raises: BadValue."""
    promises = tuple(promises)
    for promise in promises:
        if not today <= promise.due_on or promise.due_on.year > today.year + LONGEST_PROMISE_YEARS:
            raise BadValue("commitments")
        check_words(promise.words)
    if sum(len(promise.words.plaintext()) for promise in promises if promise.words) > LARGEST_WORDS:
        raise BadValue("commitments")


def apply_made(letter: Letter, event: CommitmentMade) -> Letter:
    """Add a promise."""
    made = CommitmentRecord(event.commitment, event.due_on, words_as(Note, event.words))
    return replace(letter, commitments=(*letter.commitments, made))


def apply_fulfilled(letter: Letter, event: CommitmentFulfilled) -> Letter:
    """Record that the promise was kept, and what shows it."""
    now = tuple(
        replace(promise, kept=event.kept, evidence=words_as(Note, event.words))
        if promise.number == event.commitment
        else promise
        for promise in letter.commitments
    )
    return replace(letter, commitments=now)
