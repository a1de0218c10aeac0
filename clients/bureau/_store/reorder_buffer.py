"""Delivers each letter's events once and in the order of their numbers.

Records may repeat and overtake each other. Repeats are dropped. Overtaking events wait, a bounded
number of them for a bounded time. Events that don't come in time are counted in `missing` of the
next one, and still delivered when they come late. A snapshot of the letter replaces all earlier
events, so that nothing before it is waited for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from clients.bureau.arrivals import Arrived
from shared.contracts.bureau_v1 import LetterSnapshot

MOST_HELD = 64
PATIENCE_S = 60.0


@dataclass(slots=True)
class _Letter:
    last: int = 0
    """Highest number delivered."""
    held: dict[int, Arrived] = field(default_factory=dict)
    held_since: float = 0.0
    given_up: set[int] = field(default_factory=set)


class ArrivalBuffer:
    """Delivered and waiting events by letter. Times are monotonic seconds."""

    def __init__(self, *, most_held: int = MOST_HELD, patience_s: float = PATIENCE_S) -> None:
        self._letters: dict[tuple[str, str], _Letter] = {}
        self._waiting: set[tuple[str, str]] = set()
        self._most_held = most_held
        self._patience_s = patience_s
        self.repeats = 0
        """Number of repeats that were dropped."""

    def take(self, arrived: Arrived, now: float) -> tuple[Arrived, ...]:
        """The events to deliver now: none, this one, or this one and those that waited for it."""
        if arrived.sequence is None:
            return (arrived,)
        name = (arrived.bureau, arrived.letter)
        letter = self._letters.setdefault(name, _Letter())
        if arrived.sequence in letter.given_up:
            letter.given_up.discard(arrived.sequence)
            return (arrived,)
        if arrived.sequence <= letter.last or arrived.sequence in letter.held:
            self.repeats += 1
            return ()
        if not letter.held:
            letter.held_since = now
        letter.held[arrived.sequence] = arrived
        if isinstance(arrived.event, LetterSnapshot):
            found = tuple(self._up_to(letter, arrived.sequence))
        else:
            found = tuple(self._due(letter))
        self._note_waiting(name, letter, now=now if found else None)
        return found

    def note(self, arrived: Arrived) -> None:
        """Count this event as delivered, for example in an earlier run, despite gaps before it."""
        if arrived.sequence is None:
            return
        letter = self._letters.setdefault((arrived.bureau, arrived.letter), _Letter())
        if arrived.sequence > letter.last:
            self._give_up(letter, before=arrived.sequence)
            letter.last = arrived.sequence
        letter.given_up.discard(arrived.sequence)

    def overdue(self, now: float) -> tuple[Arrived, ...]:
        """Events that have waited too long for earlier ones."""
        found: list[Arrived] = []
        for name in sorted(self._waiting):
            letter = self._letters[name]
            if now - letter.held_since >= self._patience_s:
                found += self._jump(letter)
                self._note_waiting(name, letter, now=now)
        return tuple(found)

    def rest(self) -> tuple[Arrived, ...]:
        """All waiting events at the end, despite gaps."""
        found: list[Arrived] = []
        for name in sorted(self._waiting):
            letter = self._letters[name]
            while letter.held:
                found += self._jump(letter)
        self._waiting.clear()
        return tuple(found)

    def gaps(self, now: float, *, after_s: float) -> Iterator[tuple[int, Arrived]]:
        """Gaps older than `after_s`: the missing number, and the last event waiting behind it."""
        for name in self._waiting:
            letter = self._letters[name]
            if now - letter.held_since >= after_s:
                yield letter.last + 1, letter.held[max(letter.held)]

    def held(self) -> Iterator[Arrived]:
        """All waiting events."""
        for name in self._waiting:
            yield from self._letters[name].held.values()

    def forget(self) -> None:
        """Forget everything."""
        self._letters.clear()
        self._waiting.clear()

    def _due(self, letter: _Letter) -> Iterator[Arrived]:
        yield from self._next(letter)
        while len(letter.held) > self._most_held:
            yield from self._jump(letter)

    def _next(self, letter: _Letter) -> Iterator[Arrived]:
        while (arrived := letter.held.pop(letter.last + 1, None)) is not None:
            letter.last += 1
            yield arrived

    def _jump(self, letter: _Letter) -> Iterator[Arrived]:
        """Give up the events missing before the first waiting one."""
        first = min(letter.held)
        missing = first - letter.last - 1
        self._give_up(letter, before=first)
        letter.last = first
        yield letter.held.pop(first).after_missing(missing)
        yield from self._next(letter)

    def _up_to(self, letter: _Letter, sequence: int) -> Iterator[Arrived]:
        """All waiting events up to that number, and those that follow it directly."""
        self._give_up(letter, before=sequence)
        for each in sorted(number for number in letter.held if number <= sequence):
            letter.given_up.discard(each)
            yield letter.held.pop(each)
        letter.last = sequence
        yield from self._due(letter)

    def _give_up(self, letter: _Letter, *, before: int) -> None:
        """Stop waiting for events before that number; the nearest are still delivered when late."""
        letter.given_up |= set(range(max(letter.last + 1, before - self._most_held), before))

    def _note_waiting(self, name: tuple[str, str], letter: _Letter, *, now: float | None) -> None:
        """`now`: time of a delivery, which restarts the wait of the remaining events."""
        if letter.held:
            self._waiting.add(name)
            letter.held_since = letter.held_since if now is None else now
        else:
            self._waiting.discard(name)
