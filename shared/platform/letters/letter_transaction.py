"""The transaction of one letter: inputs applied to its state, and the events to send.

A `LetterTransaction` applies a batch's records for one letter in order and ends as one
compare-and-set. Its protocol (ADR-0002) is model-checked in tests/protocol; change the model with
it.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Generic

from shared.contracts.envelope import Unreadable
from shared.contracts.submitted_v1 import LetterErased
from shared.contracts.vocabulary import Erasable
from shared.kernel.errors import IdReused, LimitReached, Refused
from shared.platform.kafka.bus import Inbound
from shared.platform.kafka.record_labels import labels_of
from shared.platform.letters.content_digests import is_other, numbered_digest, place_of
from shared.platform.letters.dead_letters import UNFIT, UNLOADABLE
from shared.platform.letters.event_buffer import EventBuffer, SavePoint
from shared.platform.letters.idempotency import name_of, reused
from shared.platform.letters.reorder_buffer import ReorderBuffer
from shared.platform.letters.seals import Seals
from shared.platform.letters.service_decider import (
    Arrival,
    BadAction,
    C,
    CannotApply,
    CannotRead,
    IdempotentCommand,
    Record,
    S,
    ServiceDecider,
    Unfit,
    UnknownType,
)
from shared.platform.letters.stored_letter import StoredLetter, mark_in_documents
from shared.platform.runtime.office_time import Dated, unchanged
from shared.sealing.envelopes import BadEnvelope
from shared.sealing.key_directory import NoKey

MOST_ACTIONS = 2_000
"""Commands that one letter remembers; further actions of bureaus are refused."""
MOST_LOG_BYTES = 4 << 20
MOST_LOG_ENTRIES = 500
"""What one transaction may add to a document; further inputs wait for the next one."""


class LetterTransaction(EventBuffer, Generic[C, S]):
    """A letter while a batch is applied to it."""

    def __init__(
        self,
        rules: ServiceDecider[C, S],
        seals: Seals,
        *,
        kept: StoredLetter[S],
        now: datetime,
        dated: Dated = unchanged,
        seals_later: bool = False,
    ) -> None:
        """`dated`: maps the broker's instants to the service's time."""
        super().__init__(seals, kept=kept, now=now, seals_later=seals_later)
        self.state = kept.state
        self.seen = dict(kept.seen)
        self.heard = dict(kept.heard)
        self.early = kept.early.copy()
        self.erased = kept.erased
        self.asked: dict[str, str] = {}
        """Commands and actions decided in this transaction, with a digest of their content."""
        self.digests: dict[str, str] = {}
        """Digests of events applied in this transaction, by their keys (content_digests.py)."""
        self.conflicts: list[str] = []
        """Ids that came again with different content."""
        self.repeated: list[str] = []
        """Causes whose effects are to be sent again."""
        self.refusals: dict[tuple[str, str], Exception] = {}
        """Commands that were refused or can't be applied, by id and content."""
        self.unfit: list[Unfit] = []
        """Records to park before their offsets are committed."""
        self.outcomes: dict[tuple[str, str, str], int] = {}
        """Number of inputs by topic, type and outcome, for the metrics."""
        self._rules = rules
        self._dated = dated

    @property
    def is_full(self) -> bool:
        """Whether more inputs would make the document grow too much at once."""
        return len(self.said) >= MOST_LOG_ENTRIES or self.log_bytes >= MOST_LOG_BYTES

    @property
    def has_changed(self) -> bool:
        """Whether there is anything to store."""
        return (
            bool(self.said or self.asked or self.unsent)
            or self.seen != self.kept.seen
            or self.heard != self.kept.heard
            or self.early != self.kept.early
            or self.erased != self.kept.erased
        )

    @property
    def has_gap(self) -> bool:
        """Whether an event was received that can't be applied yet."""
        return any(self.seen.get(mark, 0) < heard for mark, heard in self.heard.items())

    def apply_record(self, record: Record) -> None:
        """Apply a record, buffer it for later, or note that its effects must be sent again."""
        if self.kept.fault is not None and not isinstance(record.envelope.data, BadAction):
            self._set_aside(record.raw, UNLOADABLE, fault=self.kept.fault)
            return
        if record.envelope.sequence is None:
            self._apply_action(record)
            return
        record = self._bare(record)
        mark = mark_in_documents(record.raw.topic)
        sequence = record.envelope.sequence or 0
        if record.is_forced:
            self._give_up_missing(mark, before=sequence)
        ahead = sequence - self.seen.get(mark, 0)
        if ahead <= 0:
            self.repeated.append(record.envelope.id)
            self._count("repeated", record.raw)
            self._compare(record)
        elif ahead > 1 and not record.is_skipped:
            self._wait(mark, record)
        elif ahead > 1:
            self._count("ignored", record.raw)
        else:
            self._apply(mark, record, stands=record.stands and sequence > self.heard.get(mark, 0))
            self._apply_waiting(mark)

    def apply_command(self, command: IdempotentCommand[C]) -> None:
        """Apply a command once; a refusal is left for the caller in `refusals`."""
        if self.kept.fault is not None:
            self._fail(command, self.kept.fault)
            return
        state, point = self.state, self.point()
        try:
            if not self._was_asked(command.id, command.content, cause=command.id):
                self._decide(command.command, cause=command.id, stands=False)
                self._remember(command.id, command.content)
                self._count("applied")
        except Refused as refusal:
            self.refusals[command.id, command.content] = refusal
            self._count("refused")
        except Exception as fault:  # noqa: BLE001 - handed to the caller; others must not wait
            self._back_to(state, point)
            self._fail(command, fault)

    def forget(self, what: Collection[Erasable], *, at: datetime) -> None:
        """Erase these parts without an event, as decided at that instant (UTC); once."""
        marks = self.erased.marks
        if all(part in marks and marks[part].at >= at for part in what):
            return
        self.state = self._rules.forget(self.state, what)
        self.erased = self.erased.with_(what, at=at, sent=self.sent)
        self.early = ReorderBuffer()

    def _fail(self, command: IdempotentCommand[C], fault: Exception) -> None:
        self.refusals[command.id, command.content] = fault
        self._count("unfit")

    def _apply_action(self, record: Record) -> None:
        """Decide a bureau's action once and emit the answer, positive or negative."""
        action, outcome, before = record.envelope, "applied", len(self.said)
        salt = self._rules.salt(self.state)
        name, content = name_of(record, salt=salt), record.digest(salt)
        answer: tuple[Any, ...] | Refused
        try:
            if self._was_asked(name, content, cause=action.id):
                self._count("repeated", record.raw)
                return
            answer = self._decide_action(record)
        except Refused as refusal:
            answer, outcome = refusal, "refused"
        is_full = isinstance(answer, LimitReached) and self._is_memory_full
        self.say(
            self._rules.answer(record, answer, state=self.state),
            cause=action.id,
            stands=False,
            is_kept=not is_full,
        )
        if len(self.said) > before:
            self._remember(name, content)
        self._count(outcome, record.raw)

    @property
    def _is_memory_full(self) -> bool:
        return self.kept.asked_count + len(self.asked) >= MOST_ACTIONS

    def _decide_action(self, record: Record) -> tuple[Any, ...]:
        """Return the events of an action. Raises: Refused, also if its effects can't be stored."""
        if self._is_memory_full:
            raise LimitReached
        if isinstance(record.envelope.data, BadAction):
            raise CannotRead
        state, point = self.state, self.point()
        try:
            command = self._command(record)
            if command is not None:
                return self._decide(command, cause=record.envelope.id, stands=False)
        except (Refused, NoKey):
            raise
        except Exception as fault:
            self._back_to(state, point)
            raise CannotApply from fault
        raise UnknownType

    def _was_asked(self, name: str, content: str, *, cause: str) -> bool:
        """Whether this was decided before; its effects are then sent again. Raises: IdReused.

        Once the words and their salt are erased, contents can no longer be compared.
        """
        asked = self.kept.asked | self.asked
        before = asked.get(name)
        if before is None:
            return False
        if not self._is_wordless and content not in (before, asked.get(reused(name, content))):
            raise IdReused
        self.repeated.append(cause)
        return True

    def _remember(self, name: str, content: str) -> None:
        if self.kept.asked.get(name, self.asked.get(name)) is not None:
            name = reused(name, content)
        self.asked[name] = "" if self._is_wordless else content

    @property
    def _is_wordless(self) -> bool:
        return "words" in self.erased.marks

    def _give_up_missing(self, mark: str, *, before: int) -> None:
        """Skip missing events before that sequence and apply waiting ones in order.

        Stops when a waiting record can't be applied; that record is parked.
        """
        unfit = len(self.unfit)
        while self.seen.get(mark, 0) < before - 1 and len(self.unfit) == unfit:
            self.seen[mark] = (self.early.first(mark, below=before) or before) - 1
            self._apply_waiting(mark)

    def _wait(self, mark: str, record: Record) -> None:
        """Buffer an early record if it fits; in any case remember that it exists."""
        sequence = record.envelope.sequence or 0
        self.heard[mark] = max(self.heard.get(mark, 0), sequence)
        has_room = self.early.put(mark, sequence, raw=record.raw)
        self._count("early" if has_room else "early_full", record.raw)

    def _compare(self, record: Record) -> None:
        """Detect different content under the id of an event that was applied before."""
        place = place_of(record)
        if is_other(record, self.digests.get(place, self.kept.digests.get(place))):
            self.conflicts.append(record.envelope.id)
            self._count("conflicting", record.raw)

    def _apply(self, mark: str, record: Record, *, stands: bool) -> None:
        """Apply the next record of its topic; records of unknown types count as seen too.

        A record that can't be applied changes nothing: it is parked, and later ones wait.
        """
        state, point = self.state, self.point()
        try:
            outcome = self._outcome(record, stands=stands)
        except NoKey:
            raise  # not the record's fault: it waits until the key is added
        except Exception as fault:  # noqa: BLE001 - parked: it fails each time, and others must not wait
            self._back_to(state, point)
            self._give_up(mark, record.raw, fault=fault)
            return
        self.seen[mark] = record.envelope.sequence or 0
        if not record.is_skipped:
            self.digests[place_of(record)] = numbered_digest(record)
        self.early.drop(mark, up_to=self.seen[mark])
        self._count(outcome, record.raw)

    def _outcome(self, record: Record, *, stands: bool) -> str:
        command = None if record.is_skipped else self._command(record)
        try:
            if command is not None:
                self._decide(command, cause=record.envelope.id, stands=stands)
        except Refused:
            return "refused"
        self._note_erased([record.envelope.data], at=record.envelope.time)
        return "ignored" if command is None else "applied"

    def _apply_waiting(self, mark: str) -> None:
        while (raw := self.early.get(mark, self.seen.get(mark, 0) + 1)) is not None:
            try:
                record = self._seals.read(raw)
            except (Unreadable, BadEnvelope) as fault:
                self._give_up(mark, raw, fault=fault)
                return
            self._apply(mark, record, stands=False)

    def _back_to(self, state: S, point: SavePoint) -> None:
        self.state = state
        self.unsay(point)

    def _give_up(self, mark: str, raw: Inbound, *, fault: Exception) -> None:
        """Leave a record to be parked and remove it from the reorder buffer."""
        self.early.drop(mark, up_to=self.seen.get(mark, 0) + 1)
        self._set_aside(raw, UNFIT, fault=fault)

    def _set_aside(self, raw: Inbound, code: str, *, fault: Exception) -> None:
        self.unfit.append(Unfit(raw, code, type(fault).__name__))
        self._count("unfit", raw)

    def _command(self, record: Record) -> C | None:
        handler = self._rules.handlers.get(type(record.envelope.data))
        if handler is None:
            return None
        raw = record.raw
        appended_at = self._now if raw.is_backdatable else self._dated(raw.appended_at)
        arrival = Arrival(self._now, appended_at, raw.topic, record.ahead)
        command: C | None = handler(record.envelope, arrival)
        return command

    def _decide(self, command: C, *, cause: str, stands: bool) -> tuple[Any, ...]:
        events = self._rules.decide(command, self.state)
        for event in events:
            self.state = self._rules.evolve(self.state, event)
            self.say(self._rules.outgoing(event, self.state), cause=cause, stands=stands)
        self._note_erased(events, at=self._now)
        return events

    def _note_erased(self, events: Iterable[object], *, at: datetime) -> None:
        """Remember what was erased.

        Buffered records hold it too: `early` is emptied but `heard` is not, so they are sent again
        without.
        """
        for event in events:
            if isinstance(event, LetterErased):
                self.erased = self.erased.with_(event.what, at=at, sent=self.sent)
                self.early = ReorderBuffer()

    def _bare(self, record: Record) -> Record:
        """The record without content that was erased before it arrived."""
        raw = self.erased.heard(record.raw, record.envelope.type)
        if raw is record.raw or record.is_skipped:
            return record
        return replace(record, raw=raw, envelope=self._seals.read(raw).envelope, ahead=None)

    def _count(self, outcome: str, raw: Inbound | None = None) -> None:
        labels = (*labels_of(raw), outcome)
        self.outcomes[labels] = self.outcomes.get(labels, 0) + 1
