"""Clock levels that the notifier reports as reached, and recounts of due dates."""

from dataclasses import dataclass
from typing import ClassVar

from services.router.domain import questions
from services.router.domain.actors import CLOCK, ServiceCommand
from services.router.domain.context import DecisionContext, Facts
from services.router.domain.letter import Letter, RunningClock
from services.router.domain.supervision import supervised
from services.router.domain.timers import MovedClock, differs, of_due, reached, recounted
from services.router.domain.writer_requests import closed
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.progress_v1 import DueChanged, LetterEscalated
from shared.contracts.values import By, Level
from shared.contracts.vocabulary import Effect, LevelName
from shared.kernel.frozen import replace
from shared.kernel.working_days import civil_date


@dataclass(frozen=True)
class ConfirmClock(ServiceCommand):
    """Confirm a level that the notifier reports, or drop it as stale."""

    by: ClassVar[By] = CLOCK
    fired: ClockFired


@dataclass(frozen=True)
class RecountDues(ServiceCommand):
    """Recount all due dates by the current calendar."""


def confirm(command: ConfirmClock, context: DecisionContext) -> Facts:
    """Confirm a level once, while that very clock runs; anything else is stale.

    A level that was reached before its clock was paused is confirmed even if the report comes
    later: the notifier doesn't report it again. A level that the pause has postponed is stale.
    """
    fired = command.fired
    clock = context.letter.running(fired.clock, fired.round)
    if clock is None or clock.due_on != fired.due_on:
        return ()
    level = next((level for level in clock.to_come if level.level == fired.level), None)
    if level is None or fired.passed_at < level.at:
        return ()
    if clock.is_paused and not _was_reached(level, context.letter):
        return ()
    if fired.level == "effect":
        return _effect(clock, context)
    return _escalated(clock, fired.level, context)


def recount(_: RecountDues, context: DecisionContext) -> tuple[DueChanged, ...]:
    """Report the due dates that the current calendar changes; paused clocks are recounted later."""
    found = (_recounted(clock, context) for clock in context.letter.clocks if not clock.is_paused)
    return tuple(_changed(moved, context) for moved in found if moved and differs(moved))


def apply_escalated(letter: Letter, event: LetterEscalated) -> Letter:
    """Record that the level was reached."""
    clocks = tuple(
        reached(clock, event.level)
        if (clock.clock, clock.round) == (event.clock, event.round)
        else clock
        for clock in letter.clocks
    )
    return replace(letter, clocks=clocks)


def apply_due_changed(letter: Letter, event: DueChanged) -> Letter:
    """Move the dates that depend on the clock."""
    passing = next((clock.passes_at for clock in event.clocks if clock.clock == "rating"), None)
    questions = letter.questions
    if event.clock == "answer":
        questions = tuple(
            question if question.ended_at else replace(question, answer_by=event.new_due)
            for question in questions
        )
    return replace(letter, questions=questions, reopen_until=passing or letter.reopen_until)


def _was_reached(level: Level, letter: Letter) -> bool:
    """Whether the level lies before the question that paused the clock."""
    return letter.question is not None and level.at <= letter.question.asked_at


def _effect(clock: RunningClock, context: DecisionContext) -> Facts:
    """What happens when a clock without levels passes."""
    match context.rulebook.policies.clock(clock.clock).effect:
        case "question.lapsed":
            return questions.lapse(context)
        case "letter.closed" if context.letter.state == "replied":
            return (closed(context, "silence"),)
        case _:
            return ()


def _escalated(clock: RunningClock, level: LevelName, context: DecisionContext) -> Facts:
    effect = _effect_of(clock, level, context)
    fact = LetterEscalated(
        **context.plain_header(),
        clock=clock.clock,
        round=clock.round,
        level=level,
        due_on=clock.due_on,
        effect=effect,
    )
    watched = supervised(context.after(fact), "escalation") if effect else ()
    return fact, *watched


def _effect_of(clock: RunningClock, level: LevelName, context: DecisionContext) -> Effect | None:
    """Supervision, if this level causes it and the letter isn't supervised yet."""
    effects = {
        level.id: level.effect for level in context.rulebook.policies.clock(clock.clock).levels
    }
    if context.letter.is_supervised or effects.get(level) != "letter.supervised":
        return None
    return "letter.supervised"


def _recounted(clock: RunningClock, context: DecisionContext) -> MovedClock | None:
    at, rulebook = context.at, context.rulebook
    if clock.clock == "commitment":
        start = clock.start or civil_date(context.letter.received_at)
        return of_due(clock, rulebook.promised(clock.due_on, start=start), at=at, rulebook=rulebook)
    return recounted(clock, context.letter, at=at, rulebook=rulebook)


def _changed(moved: MovedClock, context: DecisionContext) -> DueChanged:
    before, change = moved.before, moved.change
    return DueChanged(
        **context.plain_header(change),
        clock=before.clock,
        round=before.round,
        old_due=before.due_on,
        new_due=change.due_on or before.due_on,
        reason="calendar",
        calendar_version=context.rulebook.calendar.version,
        receipt=moved.receipt,
    )
