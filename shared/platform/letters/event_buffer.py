"""What one fold says: numbered, sealed and in order for each topic. No input or output."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from shared.contracts.envelope import envelope
from shared.contracts.event import Event
from shared.platform.kafka.bus import Outbound
from shared.platform.letters.seals import Seals
from shared.platform.letters.service_decider import Outgoing, Resend
from shared.platform.letters.stored_letter import (
    LogEntry,
    StoredLetter,
    mark_in_documents,
    outbound,
)


class BufferedEvent(NamedTuple):
    """One event of the letter, numbered; its words may be in the clear, in memory only."""

    out: Outgoing
    sequence: int
    cause: str


class SavePoint(NamedTuple):
    """How much was said at some moment, to come back to."""

    sent: dict[str, int]
    unsent: dict[str, int]
    again: dict[str, int]
    length: int
    strangers: int


class EventBuffer:
    """The events of one letter that are about to be kept, and then sent."""

    def __init__(
        self, seals: Seals, *, kept: StoredLetter[Any], now: datetime, seals_later: bool = False
    ) -> None:
        """`seals_later`: what is said is sealed and logged when asked to, and not as it is said."""
        self.kept = kept
        self.sent = dict(kept.sent)
        self.said: list[BufferedEvent] = []
        self.log: list[LogEntry] = []
        """What was said, sealed, as it is sent."""
        self.log_bytes = 0
        """Size of what is added to the log."""
        self.unsent: dict[str, int] = {}
        """Per topic, the lowest sequence to be sent that no uncommitted record stands behind."""
        self.again: dict[str, int] = {}
        """Per topic, from which sequence on all is to be sent again."""
        self.strangers: list[Outbound] = []
        """Unsequenced answers to who has no business with this letter."""
        self._sealed: list[Event] = []
        self._seals = seals
        self._seals_later = seals_later
        self._now = now

    @property
    def letter(self) -> str:
        """The letter number."""
        return self.kept.letter

    def point(self) -> SavePoint:
        """How much was said until now."""
        return SavePoint(
            dict(self.sent),
            dict(self.unsent),
            dict(self.again),
            len(self.said),
            len(self.strangers),
        )

    def unsay(self, point: SavePoint) -> None:
        """Take back what was said since then."""
        self.sent, self.unsent, self.again = point.sent, point.unsent, point.again
        self.log_bytes -= sum(one.bytes for one in self.log[point.length :])
        del self.said[point.length :], self._sealed[point.length :], self.log[point.length :]
        del self.strangers[point.strangers :]

    def say(
        self,
        said: Iterable[Outgoing | Resend],
        *,
        cause: str,
        stands: bool,
        is_kept: bool = True,
    ) -> None:
        """Number what is said and add it to the log; what has no number is kept apart.

        `stands`: whether an uncommitted record stands behind it. `is_kept`: false for what the
        letter has no room to remember. Raises: NoKey, Unsendable, unless it is sealed later.
        """
        for out in said:
            if isinstance(out, Resend):
                self._repeat(mark_in_documents(out.topic), out.from_sequence)
            elif out.is_sequenced and is_kept:
                self._add(out, cause, stands=stands)
            else:
                self.strangers.append(self._unsequenced(out, cause))

    def seal(self) -> None:
        """Seal what was said and isn't sealed yet. Raises: NoKey."""
        self._sealed += [
            self._seals.seal(
                one.out.event.numbered(one.sequence),
                topic=one.out.topic,
                letter=one.out.subject or self.letter,
            )
            for one in self.said[len(self._sealed) :]
        ]

    def write_log(self) -> None:
        """Add to the log what is sealed and isn't there yet. Raises: Unsendable."""
        start = len(self.log)
        for one, sealed in zip(self.said[start:], self._sealed[start:], strict=True):
            entry = self._entry(one, sealed)
            self.log.append(entry)
            self.log_bytes += entry.bytes

    def _add(self, out: Outgoing, cause: str, *, stands: bool) -> None:
        mark = mark_in_documents(out.topic)
        sequence = self.sent.get(mark, 0) + 1
        self.said.append(BufferedEvent(out, sequence, cause))
        if not self._seals_later:
            self.seal()
            self.write_log()
        self.sent[mark] = sequence
        if not stands:
            self.unsent.setdefault(mark, sequence)

    def _repeat(self, mark: str, first: int) -> None:
        """What is sent again is `unsent` until it is, so that a crash can't forget it."""
        if first <= self.sent.get(mark, 0):
            self.again[mark] = min(first, self.again.get(mark, first))
            self.unsent[mark] = min(first, self.unsent.get(mark, first))

    def _entry(self, said: BufferedEvent, sealed: Event) -> LogEntry:
        out, sequence, cause = said.out, said.sequence, said.cause
        subject = out.subject or self.letter
        made = envelope(
            out.topic, subject, data=sealed, time=self._now, sequence=sequence, cause=cause
        ).traced(None, self.kept.version + 1)
        return LogEntry(outbound(made, out.topic), made.type, sequence, cause, self._now)

    def _unsequenced(self, out: Outgoing, cause: str) -> Outbound:
        said = envelope(
            out.topic, out.subject or self.letter, data=out.event, time=self._now, cause=cause
        )
        return outbound(said, out.topic)
