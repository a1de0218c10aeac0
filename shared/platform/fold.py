"""What one letter becomes when records and commands are applied to it. No input or output.

One `Fold` takes what a batch holds for one letter, in order, and ends as one compare-and-set. The
protocol that it follows (ADR-0002) was model-checked: a change of it needs the same care.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic

from shared.contracts.envelope import Envelope, envelope, to_record
from shared.contracts.topics import mark_of
from shared.kernel.errors import IdReused, Refused
from shared.platform.bus import Outbound
from shared.platform.early import Early
from shared.platform.rules import Arrival, C, Outgoing, Record, Rules, S, Told, UnknownType
from shared.platform.seals import Seals


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the log: the record as it is sent, and what caused it."""

    record: Outbound
    type: str
    sequence: int
    cause: str
    at: datetime

    @property
    def mark(self) -> str:
        """The topic's name inside documents."""
        return _mark(self.record.topic)

    @property
    def id(self) -> str:
        """What tells this event from every other."""
        return f"{self.record.topic}/{self.record.key.decode()}/{self.sequence}"


@dataclass(frozen=True, slots=True)
class Kept(Generic[S]):
    """A letter as it was loaded; `version` 0 when the service has none of that number."""

    letter: str
    state: S
    version: int = 0
    by: str = ""
    seen: dict[str, int] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)
    early: Early = field(default_factory=Early)
    asked: dict[str, str] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    unsent: dict[str, int] = field(default_factory=dict)
    gap_since: datetime | None = None


class Fold(Generic[C, S]):
    """A letter while a batch is applied to it."""

    def __init__(self, rules: Rules[C, S], seals: Seals, *, kept: Kept[S], now: datetime) -> None:
        self.kept = kept
        self.state = kept.state
        self.seen = dict(kept.seen)
        self.heard = dict(kept.heard)
        self.sent = dict(kept.sent)
        self.early = kept.early.copy()
        self.asked: dict[str, str] = {}
        self.log: list[Entry] = []
        self.unsent: dict[str, int] = {}
        """Per topic, the lowest new sequence that no uncommitted record stands behind."""
        self.repeated: list[str] = []
        """Causes whose effects are to be sent again."""
        self.refusals: dict[tuple[str, str], Refused] = {}
        """Commands that a rule said no to, by id and content."""
        self.strangers: list[Outbound] = []
        """Unsequenced answers to who has no business with this letter."""
        self.outcomes: dict[str, int] = {}
        """How many inputs ended how; for the metrics."""
        self._rules = rules
        self._seals = seals
        self._now = now

    @property
    def letter(self) -> str:
        """The letter number."""
        return self.kept.letter

    @property
    def has_changed(self) -> bool:
        """Whether there is anything to keep."""
        return (
            bool(self.log or self.asked)
            or self.seen != self.kept.seen
            or self.heard != self.kept.heard
            or self.early != self.kept.early
        )

    @property
    def has_gap(self) -> bool:
        """Whether something was heard of that couldn't be applied yet."""
        return any(self.seen.get(mark, 0) < heard for mark, heard in self.heard.items())

    def take_record(self, record: Record) -> None:
        """Apply a record, keep it for later, or note that its effects must be sent again."""
        if record.envelope.sequence is None:
            self._take_action(record)
            return
        mark = _mark(record.raw.topic)
        ahead = record.envelope.sequence - self.seen.get(mark, 0)
        if ahead <= 0:
            self.repeated.append(record.envelope.id)
            self._count("repeated")
        elif ahead > 1:
            self._wait(mark, record)
        else:
            self._apply(mark, record, stands=record.envelope.sequence > self.heard.get(mark, 0))
            self._apply_waiting(mark)

    def take_command(self, told: Told[C]) -> None:
        """Apply a command once; a refusal is left for whoever asked, in `refusals`."""
        try:
            if not self._was_asked(told.id, told.content):
                self._decide(told.command, cause=told.id, stands=False)
                self._remember(told.id, told.content)
                self._count("applied")
        except Refused as no:
            self.refusals[told.id, told.content] = no
            self._count("refused")

    def _take_action(self, record: Record) -> None:
        """Decide a bureau's action once; its answer, yes or no, is an event."""
        action, outcome, logged = record.envelope, "applied", len(self.log)
        answer: tuple[Any, ...] | Refused
        try:
            if self._was_asked(action.id, record.digest):
                self._count("repeated")
                return
            command = self._command(record)
            if command is None:
                raise UnknownType
            answer = self._decide(command, cause=action.id, stands=False)
        except Refused as no:
            answer, outcome = no, "refused"
        self._say(
            self._rules.answer(record, answer, state=self.state), cause=action.id, stands=False
        )
        if len(self.log) > logged:
            self._remember(action.id, record.digest)
        self._count(outcome)

    def _was_asked(self, command_id: str, content: str) -> bool:
        """Whether this was decided before; its effects are then sent again. Raises: IdReused."""
        asked = self.kept.asked | self.asked
        before = asked.get(command_id)
        if before is None:
            return False
        if content not in (before, asked.get(_reused(command_id, content))):
            raise IdReused
        self.repeated.append(command_id)
        return True

    def _remember(self, command_id: str, content: str) -> None:
        if self.kept.asked.get(command_id, self.asked.get(command_id)) is not None:
            command_id = _reused(command_id, content)
        self.asked[command_id] = content

    def _wait(self, mark: str, record: Record) -> None:
        """Keep an overtaker if it fits; that it exists is kept in any case."""
        sequence = record.envelope.sequence or 0
        self.heard[mark] = max(self.heard.get(mark, 0), sequence)
        self._count("early" if self.early.put(mark, sequence, raw=record.raw) else "early_full")

    def _apply(self, mark: str, record: Record, *, stands: bool) -> None:
        """Apply the next record of its topic, whatever its type: unknown ones count as seen too."""
        outcome, command = "applied", self._command(record)
        if command is None:
            outcome = "ignored"
        else:
            try:
                self._decide(command, cause=record.envelope.id, stands=stands)
            except Refused:
                outcome = "refused"
        self.seen[mark] = record.envelope.sequence or 0
        self.early.drop(mark, up_to=self.seen[mark])
        self._count(outcome)

    def _apply_waiting(self, mark: str) -> None:
        while (raw := self.early.get(mark, self.seen[mark] + 1)) is not None:
            self._apply(mark, self._seals.read(raw), stands=False)

    def _command(self, record: Record) -> C | None:
        handler = self._rules.handlers.get(type(record.envelope.data))
        if handler is None:
            return None
        arrival = Arrival(self._now, record.raw.appended_at, record.raw.topic)
        command: C | None = handler(record.envelope, arrival)
        return command

    def _decide(self, command: C, *, cause: str, stands: bool) -> tuple[Any, ...]:
        events = self._rules.decide(command, self.state)
        for event in events:
            self.state = self._rules.evolve(self.state, event)
            self._say(self._rules.outgoing(event, self.state), cause=cause, stands=stands)
        return events

    def _say(self, said: Iterable[Outgoing], *, cause: str, stands: bool) -> None:
        """Number what is said and add it to the log; what has no number is kept apart."""
        for out in said:
            if not out.is_sequenced:
                self.strangers.append(self._unsequenced(out, cause))
                continue
            entry = self._entry(out, cause)
            self.log.append(entry)
            self.sent[entry.mark] = entry.sequence
            if not stands:
                self.unsent.setdefault(entry.mark, entry.sequence)

    def _entry(self, out: Outgoing, cause: str) -> Entry:
        subject = out.subject or self.letter
        sequence = self.sent.get(_mark(out.topic), 0) + 1
        sealed = self._seals.seal(out.event, topic=out.topic, letter=subject)
        said = envelope(
            out.topic, subject, data=sealed, time=self._now, sequence=sequence, cause=cause
        ).traced(None, self.kept.version + 1)
        return Entry(outbound(said, out.topic), said.type, sequence, cause, self._now)

    def _unsequenced(self, out: Outgoing, cause: str) -> Outbound:
        said = envelope(
            out.topic, out.subject or self.letter, data=out.event, time=self._now, cause=cause
        )
        return outbound(said, out.topic)

    def _count(self, outcome: str) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


def outbound(said: Envelope[Any], topic: str) -> Outbound:
    """An envelope as the record to send."""
    key, value, headers = to_record(said, topic=topic)
    return Outbound(topic, key, value, tuple(headers))


def _mark(topic: str) -> str:
    """The name of a sequenced topic inside documents; only such topics carry a letter's events."""
    mark = mark_of(topic)
    if mark is None:
        raise ValueError(f"{topic} is not sequenced")
    return mark


def _reused(command_id: str, content: str) -> str:
    """Under which name it is remembered that a known id came with other content."""
    return f"{command_id}~{content[:16]}"
