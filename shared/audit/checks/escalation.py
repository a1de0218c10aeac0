"""Check that every passed deadline escalates: each level once, in order, not before its time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from shared.audit.case import AuditCase
from shared.audit.findings import AuditFinding
from shared.audit.looking import Look
from shared.audit.story import AuditClock, StoryStep
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.progress_v1 import LetterEscalated
from shared.contracts.topics import DEADLINES, PROGRESS

ROUNDING = timedelta(milliseconds=1)
"""Logged instants are rounded to milliseconds."""


class Reached(NamedTuple):
    """A level of one round and due date of a clock."""

    clock: str
    round: int
    due_on: str
    level: str


def check(case: AuditCase) -> Iterator[AuditFinding]:
    """Check for passed levels that were not recorded, and for wrong records."""
    recorded = [
        (step, step.fact) for step in case.story.steps if isinstance(step.fact, LetterEscalated)
    ]
    yield from _twice("escalated_twice", (_of(fact) for _, fact in recorded))
    yield from _fired_twice(case.look)
    for step, fact in recorded:
        yield from _founded(step, fact)
    yield from _in_order(case.story.steps)
    done = {_of(fact) for _, fact in recorded}
    for clock in case.story.now.clocks.values():
        yield from _passed(clock, done, before=case.overdue)
    yield from _watched(case.look)


def _of(event: LetterEscalated | ClockFired) -> Reached:
    return Reached(event.clock, event.round, event.due_on.isoformat(), event.level)


def _fired_twice(look: Look) -> Iterator[AuditFinding]:
    """Check for repeated proposals; a level postponed by a pause is a different one."""
    fired = [event for _, event in look.events(DEADLINES.name) if isinstance(event, ClockFired)]
    for at in {event.passed_at for event in fired}:
        yield from _twice("fired_twice", (_of(event) for event in fired if event.passed_at == at))


def _twice(code: str, reached: Iterable[Reached]) -> Iterator[AuditFinding]:
    known: set[Reached] = set()
    for level in reached:
        if level in known:
            yield AuditFinding(code, f"{level.clock} {level.round} {level.level}")
        known.add(level)


def _founded(step: StoryStep, fact: LetterEscalated) -> Iterator[AuditFinding]:
    """Check that the recorded level belongs to a running clock and was reached."""
    clock = step.before.clocks.get((fact.clock, fact.round))
    at = _level(clock, fact.level) if clock else None
    if clock is None or clock.due_on != fact.due_on or at is None:
        yield AuditFinding("unfounded", f"router {step.said.place}")
    elif step.said.at + ROUNDING < at:
        yield AuditFinding("too_early", f"router {step.said.place}")


def _level(clock: AuditClock, name: str) -> datetime | None:
    return next((level.at for level in clock.levels if level.level == name), None)


def _in_order(steps: Sequence[StoryStep]) -> Iterator[AuditFinding]:
    """Check that the levels of one round and due date were recorded in order of time."""
    last: dict[tuple[str, int, str], datetime] = {}
    for step in steps:
        fact = step.fact
        if not isinstance(fact, LetterEscalated):
            continue
        clock = step.before.clocks.get((fact.clock, fact.round))
        at = _level(clock, fact.level) if clock else None
        if at is None:
            continue
        name = _of(fact)[:3]
        if at < last.get(name, at):
            yield AuditFinding("out_of_order", f"router {step.said.place}")
        last[name] = max(at, last.get(name, at))


def _passed(clock: AuditClock, done: set[Reached], *, before: datetime) -> Iterator[AuditFinding]:
    if clock.is_paused:
        return
    for level in clock.levels:
        name = Reached(clock.clock, clock.round, clock.due_on.isoformat(), level.level)
        if level.at < before and name not in done:
            yield AuditFinding("not_escalated", f"{clock.clock} {clock.round} {level.level}")


def _watched(look: Look) -> Iterator[AuditFinding]:
    """Check that the next firing in the notifier's state is in the index by which it is found."""
    notifier = look.sheets.get("notifier")
    if notifier is None or not look.has_heard_all("notifier", PROGRESS.name):
        return
    first = min(_to_come(notifier.state.get("clocks", ())), default=None)
    indexed: datetime | None = notifier.document.get("fires_at")
    if first is None or indexed is None:
        is_found = first == indexed
    else:
        is_found = abs(first - indexed) <= ROUNDING
    if not is_found:
        yield AuditFinding("not_watched", "notifier")


def _to_come(clocks: Iterable[Any]) -> Iterator[datetime]:
    return (
        datetime.fromisoformat(level["at"])
        for clock in clocks
        if not clock["is_paused"]
        for level in clock["levels"]
    )
