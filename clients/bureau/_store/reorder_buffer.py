"""In which order, and how often, is something said of a letter? Each once, by its number. Pure.

A record may come twice (whoever sends is never sure) and may overtake another. Repeats are dropped;
overtakers wait for their turn, a bounded number of them for a bounded time. What was waited for in
vain is counted in `missing` of the next event, and still delivered if it comes after all. A
snapshot of the letter stands for all before it, so that nothing is waited for any more.
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
    """What was delivered, letter by letter, and what waits. Seconds are monotonic ones."""

    def __init__(self, *, most_held: int = MOST_HELD, patience_s: float = PATIENCE_S) -> None:
        self._letters: dict[tuple[str, str], _Letter] = {}
        self._waiting: set[tuple[str, str]] = set()
        self._most_held = most_held
        self._patience_s = patience_s
        self.repeats = 0
        """How many were dropped because they had been delivered before."""

    def take(self, arrived: Arrived, now: float) -> tuple[Arrived, ...]:
        """What is to be delivered because this came: nothing, it alone, or it and what waited."""
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
        """Take this as delivered, in an earlier run say, whatever is missing before it."""
        if arrived.sequence is None:
            return
        letter = self._letters.setdefault((arrived.bureau, arrived.letter), _Letter())
        if arrived.sequence > letter.last:
            self._give_up(letter, before=arrived.sequence)
            letter.last = arrived.sequence
        letter.given_up.discard(arrived.sequence)

    def overdue(self, now: float) -> tuple[Arrived, ...]:
        """What has waited too long for the ones before it."""
        found: list[Arrived] = []
        for name in sorted(self._waiting):
            letter = self._letters[name]
            if now - letter.held_since >= self._patience_s:
                found += self._jump(letter)
                self._note_waiting(name, letter, now=now)
        return tuple(found)

    def rest(self) -> tuple[Arrived, ...]:
        """Everything that waits, at the end, whatever is missing before it."""
        found: list[Arrived] = []
        for name in sorted(self._waiting):
            letter = self._letters[name]
            while letter.held:
                found += self._jump(letter)
        self._waiting.clear()
        return tuple(found)

    def gaps(self, now: float, *, after_s: float) -> Iterator[tuple[int, Arrived]]:
        """What is waited for longer than that: the number, and the last that waits behind it."""
        for name in self._waiting:
            letter = self._letters[name]
            if now - letter.held_since >= after_s:
                yield letter.last + 1, letter.held[max(letter.held)]

    def held(self) -> Iterator[Arrived]:
        """Everything that waits for its turn."""
        for name in self._waiting:
            yield from self._letters[name].held.values()

    def forget(self) -> None:
        """Begin again, as if nothing had come."""
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
        """Give up what is missing before the first that waits."""
        first = min(letter.held)
        missing = first - letter.last - 1
        self._give_up(letter, before=first)
        letter.last = first
        yield letter.held.pop(first).after_missing(missing)
        yield from self._next(letter)

    def _up_to(self, letter: _Letter, sequence: int) -> Iterator[Arrived]:
        """Everything that waits up to that number, and what follows it."""
        self._give_up(letter, before=sequence)
        for each in sorted(number for number in letter.held if number <= sequence):
            letter.given_up.discard(each)
            yield letter.held.pop(each)
        letter.last = sequence
        yield from self._due(letter)

    def _give_up(self, letter: _Letter, *, before: int) -> None:
        """Wait for nothing before that number; the nearest are still delivered if they come."""
        letter.given_up |= set(range(max(letter.last + 1, before - self._most_held), before))

    def _note_waiting(self, name: tuple[str, str], letter: _Letter, *, now: float | None) -> None:
        """`now`: when something was delivered, so that what waits on has its full time again."""
        if letter.held:
            self._waiting.add(name)
            letter.held_since = letter.held_since if now is None else now
        else:
            self._waiting.discard(name)
