"""The events that one transaction emits: numbered, sealed and in order for each topic."""

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
    """One numbered event of the letter; its words may be in the clear, in memory only."""

    out: Outgoing
    sequence: int
    cause: str


class SavePoint(NamedTuple):
    """A point in the buffer to roll back to."""

    sent: dict[str, int]
    unsent: dict[str, int]
    again: dict[str, int]
    length: int
    strangers: int


class EventBuffer:
    """The events of one letter that are about to be stored and then sent."""

    def __init__(
        self, seals: Seals, *, kept: StoredLetter[Any], now: datetime, seals_later: bool = False
    ) -> None:
        """`seals_later`: seal and log when `seal` and `write_log` are called, not in `say`."""
        self.kept = kept
        self.sent = dict(kept.sent)
        self.said: list[BufferedEvent] = []
        self.log: list[LogEntry] = []
        """The buffered events, sealed, as they are sent."""
        self.log_bytes = 0
        """Size in bytes of the entries added to the log."""
        self.unsent: dict[str, int] = {}
        """Per topic, the lowest sequence to send that has no uncommitted record behind it."""
        self.again: dict[str, int] = {}
        """Per topic, the sequence from which everything is to be sent again."""
        self.strangers: list[Outbound] = []
        """Unsequenced replies to senders that have no business with this letter."""
        self._sealed: list[Event] = []
        self._seals = seals
        self._seals_later = seals_later
        self._now = now

    @property
    def letter(self) -> str:
        """The letter number."""
        return self.kept.letter

    def point(self) -> SavePoint:
        """The current save point."""
        return SavePoint(
            dict(self.sent),
            dict(self.unsent),
            dict(self.again),
            len(self.said),
            len(self.strangers),
        )

    def unsay(self, point: SavePoint) -> None:
        """Roll back to `point`."""
        self.sent, self.unsent, self.again = point.sent, point.unsent, point.again
        self.log_bytes -= sum(entry.bytes for entry in self.log[point.length :])
        del self.said[point.length :], self._sealed[point.length :], self.log[point.length :]
        del self.strangers[point.strangers :]

    def say(
        self,
        outgoing: Iterable[Outgoing | Resend],
        *,
        cause: str,
        stands: bool,
        is_kept: bool = True,
    ) -> None:
        """Number the events and add them to the log; unsequenced ones are collected apart.

        `stands`: whether an uncommitted record stands behind them. `is_kept`: false for events that
        the letter has no room to remember. Raises: NoKey, Unsendable, unless they are sealed later.
        """
        for out in outgoing:
            if isinstance(out, Resend):
                self._repeat(mark_in_documents(out.topic), out.from_sequence)
            elif out.is_sequenced and is_kept:
                self._add(out, cause, stands=stands)
            else:
                self.strangers.append(self._unsequenced(out, cause))

    def seal(self) -> None:
        """Seal the buffered events that aren't sealed yet. Raises: NoKey."""
        self._sealed += [
            self._seals.seal(
                buffered.out.event.numbered(buffered.sequence),
                topic=buffered.out.topic,
                letter=buffered.out.subject or self.letter,
            )
            for buffered in self.said[len(self._sealed) :]
        ]

    def write_log(self) -> None:
        """Add sealed events to the log that aren't there yet. Raises: Unsendable."""
        start = len(self.log)
        for buffered, sealed in zip(self.said[start:], self._sealed[start:], strict=True):
            entry = self._entry(buffered, sealed)
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
        """Mark events to send again; they stay `unsent` until sent, so a crash can't lose them."""
        if first <= self.sent.get(mark, 0):
            self.again[mark] = min(first, self.again.get(mark, first))
            self.unsent[mark] = min(first, self.unsent.get(mark, first))

    def _entry(self, buffered: BufferedEvent, sealed: Event) -> LogEntry:
        out, sequence, cause = buffered.out, buffered.sequence, buffered.cause
        subject = out.subject or self.letter
        made = envelope(
            out.topic, subject, data=sealed, time=self._now, sequence=sequence, cause=cause
        ).traced(None, self.kept.version + 1)
        return LogEntry(outbound(made, out.topic), made.type, sequence, cause, self._now)

    def _unsequenced(self, out: Outgoing, cause: str) -> Outbound:
        reply = envelope(
            out.topic, out.subject or self.letter, data=out.event, time=self._now, cause=cause
        )
        return outbound(reply, out.topic)
