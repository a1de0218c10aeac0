"""Was every level of every passed deadline recorded as it should? Counted by hand, once more.

A level must be recorded where its clock ran at its instant and went on until the notifier had a
minute for it; it may not be recorded where its clock had stopped, waited or moved before.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.progress_v1 import LetterClosed, LetterEscalated, QuestionLapsed
from tests.year.counting import ORDER
from tests.year.faults import Away
from tests.year.spans import Letter, Run, Said, Span

MINUTE = timedelta(minutes=1)
STANDS_IN_AFTER = timedelta(minutes=2)
SHORT = timedelta(milliseconds=2)
"""Largest error of rounding to milliseconds."""
EFFECTS = {QuestionLapsed: "answer", LetterClosed: "rating"}


class Key(NamedTuple):
    """The key of what is recorded once."""

    run: Run
    due_on: date
    level: str


class Recorded(NamedTuple):
    """That the router has recorded a level, or what its passing causes."""

    key: Key
    at: datetime
    sequence: int
    cause: str


@dataclass(frozen=True)
class Times:
    """When the notifier could do nothing, and when the year was over."""

    away: Sequence[Away]
    ended_at: datetime

    def latest(self, at: datetime, *, since: datetime) -> datetime:
        """The deadline for recording a level due at `at`, of a clock that ran `since` then."""
        latest = at + MINUTE
        for one in self.away:
            if not (one.since <= latest and at < one.until + MINUTE):
                continue
            is_known = since < one.since
            if one.is_alone or not is_known:
                latest = max(latest, one.until + MINUTE)
            else:
                latest = max(latest, min(one.until, at + STANDS_IN_AFTER) + MINUTE)
        return latest


def judge(
    letter: Letter, facts: Sequence[Said], fired: Sequence[Said], times: Times
) -> Iterator[str]:
    """All that is wrong with the levels of one letter."""
    found = list(_recorded(letter, facts, {one.id: one.data for one in fired}))
    yield from letter.findings
    yield from _once(found)
    yield from _in_order(letter, found)
    by_key: dict[Key, list[Recorded]] = {}
    for one in found:
        by_key.setdefault(one.key, []).append(one)
    for key, spans in _spans_by_key(letter).items():
        yield from _judge_key(key, spans, by_key.pop(key, []), times)
    yield from (f"recorded without a clock: {key}" for key in by_key)
    yield from _proposals(letter, fired, {one.cause for one in found}, times)


def _recorded(
    letter: Letter, facts: Sequence[Said], fired: Mapping[str, ClockFired]
) -> Iterator[Recorded]:
    """Levels, and the effects of clocks without any; each names the proposal that it confirms."""
    for said in facts:
        fact = said.data
        if isinstance(fact, LetterEscalated):
            key = Key((fact.clock, fact.round), fact.due_on, fact.level)
            if said.cause not in fired:
                letter.findings.append(f"recorded without a proposal: {said.sequence}")
            yield Recorded(key, said.at, said.sequence, said.cause)
        elif (proposal := fired.get(said.cause)) and type(fact) in EFFECTS:
            key = Key((proposal.clock, proposal.round), proposal.due_on, proposal.level)
            yield Recorded(key, said.at, said.sequence, said.cause)


def _once(found: Sequence[Recorded]) -> Iterator[str]:
    counted = Counter(one.key for one in found)
    yield from (f"recorded {count} times: {key}" for key, count in counted.items() if count > 1)


def _in_order(letter: Letter, found: Sequence[Recorded]) -> Iterator[str]:
    """Levels of one round and due date come in the order of their names, and of their instants."""
    last: dict[tuple[Run, date], tuple[int, datetime]] = {}
    for one in found:
        if one.key.level not in ORDER:
            continue
        instants = (span.levels.get(one.key.level) for span in _of(letter, one.key))
        at = next((at for at in instants if at), one.at)
        place = (ORDER.index(one.key.level), at)
        before = last.get(one.key[:2])
        if before is not None and not (before[0] < place[0] and before[1] <= place[1]):
            yield f"out of order: {one.key} {one.sequence}"
        last[one.key[:2]] = place


def _of(letter: Letter, key: Key) -> Iterator[Span]:
    return (one for one in letter.spans if (one.run, one.due_on) == (key.run, key.due_on))


def _spans_by_key(letter: Letter) -> Mapping[Key, list[Span]]:
    found: dict[Key, list[Span]] = {}
    for span in letter.spans:
        for level in span.levels:
            found.setdefault(Key(span.run, span.due_on, level), []).append(span)
    return found


def _judge_key(
    key: Key, spans: Sequence[Span], found: Sequence[Recorded], times: Times
) -> Iterator[str]:
    """One level of one due date, over all the times in which its clock ran towards it."""
    at = spans[-1].levels[key.level]
    for one in found:
        if not any(_allows(span, key.level, one, times) for span in spans):
            yield f"recorded when it may not be: {key} {one.at}"
    is_due = any(_demands(span, key.level, times) for span in spans)
    if is_due and not found:
        yield f"not recorded: {key} {at}"


def _reached_at(span: Span, level: str) -> datetime:
    return max(span.levels[level], span.since)


def _allows(span: Span, level: str, one: Recorded, times: Times) -> bool:
    """Whether it ran then, the level was reached, and the notifier took no longer than it may."""
    reached = _reached_at(span, level)
    has_run = span.first < one.sequence and (span.last is None or one.sequence <= span.last)
    if span.waits and span.until is not None:
        has_run = span.first < one.sequence and reached <= span.until
    latest = times.latest(reached, since=span.since)
    return has_run and reached - SHORT <= one.at <= latest


def _demands(span: Span, level: str, times: Times) -> bool:
    """Whether it ran on until the notifier must have seen to it."""
    latest = times.latest(_reached_at(span, level), since=span.since)
    return (span.until or times.ended_at) > latest


# --- what the notifier has proposed ---------------------------------------------------------------


def _proposals(
    letter: Letter, fired: Sequence[Said], confirmed: Iterable[str], times: Times
) -> Iterator[str]:
    """Each event once, with its cause, and confirmed unless it was stale."""
    confirmed = set(confirmed)
    known: set[tuple[Key, datetime]] = set()
    for said in fired:
        proposal: ClockFired = said.data
        key = Key((proposal.clock, proposal.round), proposal.due_on, proposal.level)
        if (key, proposal.passed_at) in known:
            yield f"proposed twice: {key}"
        known.add((key, proposal.passed_at))
        spans = [one for one in _of(letter, key) if key.level in one.levels]
        resting = [one for one in spans if _ran_at(one, proposal.progress_sequence)]
        if not resting:
            yield f"proposed of a clock that did not run: {key} {said.at}"
            continue
        at = resting[0].levels[key.level]
        if proposal.passed_at != at or said.at < at - SHORT:
            yield f"proposed before its time: {key} {said.at}"
        ran_on = [one for one in spans if _ran_on(one, said.at, times)]
        if said.id not in confirmed and any(one.levels[key.level] == at for one in ran_on):
            yield f"dropped though it ran: {key} {said.at}"


def _ran_at(span: Span, sequence: int) -> bool:
    return span.first <= sequence and (span.last is None or sequence < span.last)


def _ran_on(span: Span, at: datetime, times: Times) -> bool:
    until = span.until or times.ended_at
    return span.since <= at and at + MINUTE < until
