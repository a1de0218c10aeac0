"""Requests for more time, and decisions on them."""

from dataclasses import dataclass
from datetime import datetime

from services.router.domain.actors import DeskCommand, HolderCommand
from services.router.domain.context import DecisionContext
from services.router.domain.due_dates import Rulebook
from services.router.domain.letter import ExtensionRequest, Letter, RunningClock, words_as
from services.router.domain.preconditions import check_holding, check_state, check_words
from services.router.domain.timers import MovedClock, recounted
from shared.contracts.progress_v1 import ExtensionDecided, ExtensionRequested
from shared.contracts.vocabulary import ClockName, ExtensionReason
from shared.contracts.words import Reason
from shared.kernel.errors import BadValue, LimitReached, NotAllowed, OutOfOrder, TooLate
from shared.kernel.frozen import replace


@dataclass(frozen=True)
class RequestMoreTime(HolderCommand):
    """Request more days for a clock."""

    clock: ClockName
    days: int
    reason: ExtensionReason
    words: Reason | None


@dataclass(frozen=True)
class DecideExtension(DeskCommand):
    """Grant or refuse more time."""

    granted: bool
    days: int | None
    """Days granted; None: as many as were requested."""
    words: Reason | None


def request_more_time(
    command: RequestMoreTime, context: DecisionContext
) -> tuple[ExtensionRequested, ...]:
    """Request more days, within the limits of the policies; nothing changes until they are granted.

    Raises: NotHeld, StaleAssignment, OutOfOrder, NotAllowed, LimitReached, TooLate.
    """
    letter = context.letter
    check_holding(command, letter)
    check_state(letter, "handling", what="ask for more time")
    if letter.wanted is not None:
        raise OutOfOrder("more time was asked for already")
    _check_more(command, context)
    return (
        ExtensionRequested(
            **context.fact_header(ExtensionRequested),
            clock=command.clock,
            days=command.days,
            reason=command.reason,
            words=command.words,
        ),
    )


def decide_extension(
    command: DecideExtension, context: DecisionContext
) -> tuple[ExtensionDecided, ...]:
    """Grant the days, fewer days, or none. Raises: OutOfOrder, NotAllowed, BadValue."""
    letter = context.letter
    wanted = letter.wanted
    if wanted is None:
        raise OutOfOrder("nobody asks for more time")
    _check_decider(command, letter, wanted)
    check_words(command.words)
    days = _days(command, wanted)
    moved = _moved(context, wanted, days)
    header = context.fact_header(ExtensionDecided, clocks=(moved.change,) if moved else ())
    return (
        ExtensionDecided(
            **header,
            clock=wanted.clock,
            granted=command.granted,
            days=days,
            new_due=moved.change.due_on if moved else None,
            receipt=moved.receipt if moved else None,
            words=command.words,
        ),
    )


def more_days(
    letter: Letter, *, at: datetime, rulebook: Rulebook
) -> list[tuple[RunningClock, int]]:
    """Return the clocks for which more time can be requested, each with the days that are left."""
    return [
        (clock, days)
        for clock in letter.clocks
        if at < clock.passes_at and (days := _days_left(clock, letter, rulebook) or 0) > 0
    ]


def _days_left(clock: RunningClock, letter: Letter, rulebook: Rulebook) -> int | None:
    """How many days the policies still allow; None: this clock is never extended."""
    most = rulebook.policies.extension(clock.clock, letter.category)
    return None if most is None else most.amount - clock.extended


def _check_more(command: RequestMoreTime, context: DecisionContext) -> None:
    letter = context.letter
    clock = letter.running(command.clock)
    left = _days_left(clock, letter, context.rulebook) if clock else None
    if clock is None or left is None:
        raise NotAllowed("clock")
    if command.days > left:
        raise LimitReached(f"at most {left + clock.extended} days in all")
    if context.at >= clock.passes_at:
        raise TooLate("the clock has passed")


def _check_decider(command: DecideExtension, letter: Letter, wanted: ExtensionRequest) -> None:
    """Not the person who asks: a supervisor, or the chief of the holding bureau."""
    is_chief = command.by.role == "chief" and command.by.bureau == letter.holder
    if not (is_chief or command.by.role == "supervisor") or command.by.staff == wanted.asker:
        raise NotAllowed("somebody else decides")


def _days(command: DecideExtension, wanted: ExtensionRequest) -> int:
    if not command.granted:
        return 0
    days = wanted.days if command.days is None else command.days
    if not 1 <= days <= wanted.days:
        raise BadValue("days")
    return days


def _moved(context: DecisionContext, wanted: ExtensionRequest, days: int) -> MovedClock | None:
    """The clock with its longer limit; a paused clock is counted when it resumes."""
    clock = context.letter.running(wanted.clock)
    if not days or clock is None or clock.is_paused:
        return None
    longer = replace(clock, extended=clock.extended + days)
    if longer.limit is not None:
        limit = longer.limit.model_copy(update={"amount": longer.limit.amount + days})
        longer = replace(longer, limit=limit)
    return recounted(longer, context.letter, at=context.at, rulebook=context.rulebook)


def apply_requested(letter: Letter, event: ExtensionRequested) -> Letter:
    """Record the request until somebody decides it."""
    words = words_as(Reason, event.words)
    wanted = ExtensionRequest(event.clock, event.days, event.by.staff, event.reason, words)
    return replace(letter, wanted=wanted)


def apply_decided(letter: Letter, event: ExtensionDecided) -> Letter:
    """Close the request and, if it was granted, lengthen its clock."""
    if not event.granted:
        return replace(letter, wanted=None)
    clocks = tuple(
        _longer(clock, event) if clock.clock == event.clock else clock for clock in letter.clocks
    )
    return replace(letter, wanted=None, clocks=clocks)


def _longer(clock: RunningClock, event: ExtensionDecided) -> RunningClock:
    """The clock with the added days; for a paused clock the event has no new date."""
    limit = clock.limit
    if limit is not None and event.new_due is None:
        limit = limit.model_copy(update={"amount": limit.amount + event.days})
    return replace(clock, extended=clock.extended + event.days, limit=limit)
