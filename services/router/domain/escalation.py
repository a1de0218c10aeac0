"""What clocks propose, confirmed or stale; and dates counted anew by another calendar. Pure."""

from services.router.domain import questions
from services.router.domain.commands.serving import ConfirmClock, RecountDues
from services.router.domain.context import Matter
from services.router.domain.letter import Letter
from services.router.domain.parts import RunningClock
from services.router.domain.supervision import supervised
from services.router.domain.timers import Moved, differs, of_due, recounted
from services.router.domain.writer_requests import closed
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import DueChanged, LetterEscalated
from shared.contracts.values import Level
from shared.contracts.vocabulary import Effect, LevelName
from shared.kernel.working_days import civil_date


def confirm(command: ConfirmClock, matter: Matter) -> tuple[Fact, ...]:
    """Confirm a level once, while that very clock runs; all else is stale.

    What was reached before a clock was paused is confirmed though the proposal comes after it: the
    notifier makes no second one, and the level would be lost. What a wait has put off is stale.
    """
    fired = command.fired
    clock = matter.letter.running(fired.clock, fired.round)
    if clock is None or clock.due_on != fired.due_on:
        return ()
    level = next((one for one in clock.to_come if one.level == fired.level), None)
    if level is None or fired.passed_at < level.at:
        return ()
    if clock.is_paused and not _was_reached(level, matter.letter):
        return ()
    if fired.level == "effect":
        return _effect(clock, matter)
    return _escalated(clock, fired.level, matter)


def recount(_: RecountDues, matter: Matter) -> tuple[DueChanged, ...]:
    """Say which dates are others by the calendar of now; those that waits hold up come later."""
    found = (_recounted(one, matter) for one in matter.letter.clocks if not one.is_paused)
    return tuple(_changed(one, matter) for one in found if one and differs(one))


def _was_reached(level: Level, letter: Letter) -> bool:
    """Whether the level lies before the question for whose answer the letter waits."""
    return letter.question is not None and level.at <= letter.question.asked_at


def _effect(clock: RunningClock, matter: Matter) -> tuple[Fact, ...]:
    """What the passing of a clock without levels causes."""
    match matter.book.policies.clock(clock.clock).effect:
        case "question.lapsed":
            return questions.lapse(matter)
        case "letter.closed" if matter.letter.state == "replied":
            return (closed(matter, "silence"),)
        case _:
            return ()


def _escalated(clock: RunningClock, level: LevelName, matter: Matter) -> tuple[Fact, ...]:
    effect = _effect_of(clock, level, matter)
    fact = LetterEscalated(
        **matter.bare(),
        clock=clock.clock,
        round=clock.round,
        level=level,
        due_on=clock.due_on,
        effect=effect,
    )
    watched = supervised(matter.after(fact), "escalation") if effect else ()
    return fact, *watched


def _effect_of(clock: RunningClock, level: LevelName, matter: Matter) -> Effect | None:
    """That the province supervises it from this level on, unless it does already."""
    effects = {one.id: one.effect for one in matter.book.policies.clock(clock.clock).levels}
    if matter.letter.is_supervised or effects.get(level) != "letter.supervised":
        return None
    return "letter.supervised"


def _recounted(clock: RunningClock, matter: Matter) -> Moved | None:
    at, book = matter.at, matter.book
    if clock.clock == "commitment":
        start = clock.start or civil_date(matter.letter.received_at)
        return of_due(clock, book.promised(clock.due_on, start=start), at=at, book=book)
    return recounted(clock, matter.letter, at=at, book=book)


def _changed(moved: Moved, matter: Matter) -> DueChanged:
    before, change = moved.before, moved.change
    return DueChanged(
        **matter.bare(change),
        clock=before.clock,
        round=before.round,
        old_due=before.due_on,
        new_due=change.due_on or before.due_on,
        reason="calendar",
        calendar_version=matter.book.calendar.version,
        receipt=moved.receipt,
    )
