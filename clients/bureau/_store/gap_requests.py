"""Requests for missing events. Times are monotonic seconds.

Events missing for half a minute are requested as they were. For events given up, a snapshot is
requested, which replaces all earlier ones. Each request is repeated a few times with doubling
delays, for a few letters at a time. Letters that have ended at this bureau are skipped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from clients.bureau._store.reorder_buffer import ArrivalBuffer
from clients.bureau.action_records import draft, with_id
from clients.bureau.arrivals import Arrived
from shared.contracts.actions_v1 import RequestResend
from shared.contracts.bureau_v1 import AssignmentEnded, LetterShown
from shared.contracts.event import Action, Fact
from shared.contracts.slugs import Bureau

PATIENCE_S = 30.0
FIRST_PAUSE_S = 30.0
MOST_TRIES = 5
LOOK_S = 5.0
MOST_AT_ONCE = 5
"""Few at a time, because requests for letters no longer held count as refusals."""
ENDED = frozenset({"closed", "declined", "withdrawn"})


@dataclass(frozen=True, slots=True)
class MissingEvents:
    """Events missing from one letter that the bureau may still hold."""

    bureau: Bureau
    letter: str
    assignment: int
    from_sequence: int | None
    """The first missing number; None to request a snapshot."""


@dataclass(slots=True)
class _Asked:
    tries: int = 0
    next_at: float = 0.0


class GapRequests:
    """The missing events, and when they were requested."""

    def __init__(self) -> None:
        self._given_up: dict[tuple[Bureau, str], MissingEvents] = {}
        self._asked: dict[tuple[Bureau, str], _Asked] = {}
        self._looks_at = 0.0

    def note(self, arrived: Arrived) -> None:
        """Take in a delivered event."""
        name = arrived.bureau, arrived.letter
        if isinstance(arrived.event, LetterShown) or not _may_ask(arrived):
            self._given_up.pop(name, None)
        elif arrived.missing:
            self._given_up[name] = MissingEvents(*name, arrived.assignment, None)

    def due(self, order: ArrivalBuffer, now: float) -> list[MissingEvents]:
        """What to request now; it counts as requested."""
        if now < self._looks_at:
            return []
        self._looks_at = now + LOOK_S
        missing = {(one.bureau, one.letter): one for one in self._missing(order, now)}
        self._asked = {name: asked for name, asked in self._asked.items() if name in missing}
        return list(self._asking(missing.values(), now))

    def forget(self) -> None:
        """Forget everything."""
        self._given_up.clear()
        self._asked.clear()

    def _missing(self, order: ArrivalBuffer, now: float) -> Iterator[MissingEvents]:
        yield from self._given_up.values()
        for sequence, last in order.gaps(now, after_s=PATIENCE_S):
            if _may_ask(last):
                yield MissingEvents(last.bureau, last.letter, last.assignment, sequence)

    def _asking(self, missing: Iterable[MissingEvents], now: float) -> Iterator[MissingEvents]:
        count = 0
        for one in missing:
            asked = self._asked.setdefault((one.bureau, one.letter), _Asked())
            if asked.tries < MOST_TRIES and asked.next_at <= now and count < MOST_AT_ONCE:
                asked.next_at = now + FIRST_PAUSE_S * 2**asked.tries
                asked.tries += 1
                count += 1
                yield one


def asked_again(missing: MissingEvents, *, made_at: datetime, staff: str) -> Action:
    """The resend request for these events."""
    request = draft(
        RequestResend,
        missing.assignment,
        from_sequence=missing.from_sequence,
        snapshot=missing.from_sequence is None,
        made_at=made_at,
        staff=staff,
    )
    return with_id(request, bureau=missing.bureau, letter=missing.letter)


def _may_ask(arrived: Arrived) -> bool:
    """Whether the bureau may still hold the letter after this event."""
    event = arrived.event
    if isinstance(event, AssignmentEnded):
        return False
    return arrived.assignment > 0 and not (isinstance(event, Fact) and event.state in ENDED)
