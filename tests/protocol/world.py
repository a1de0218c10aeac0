"""The state of the model: documents, topics, work in progress. Values only, all hashable."""

from typing import Any, NamedTuple

Id = tuple[str, str, int]
"""Topic, letter and number of an event; or "command", letter and number."""
Numbers = tuple[tuple[str, int], ...]
"""A number for each topic, in order of the topics; a topic without one is 0."""


class Event(NamedTuple):
    """An event about a letter; events with one id and two causes have two contents."""

    topic: str
    letter: str
    number: int
    cause: Id

    @property
    def id(self) -> Id:
        """Topic, letter and sequence, as in the real id."""
        return (self.topic, self.letter, self.number)


class Doc(NamedTuple):
    """One letter in one service."""

    version: int = 0
    by: tuple[Id, ...] = ()
    """The write id: which inputs the last write was made of."""
    seen: Numbers = ()
    heard: Numbers = ()
    early: tuple[Event, ...] = ()
    log: tuple[Event, ...] = ()
    moved: tuple[Event, ...] = ()
    """Entries of the log in the collection beside; for a moment they are in both places."""
    unsent: Numbers = ()

    @property
    def history(self) -> tuple[Event, ...]:
        """All that was emitted, oldest first."""
        if not self.moved:
            return self.log
        return (*(one for one in self.moved if one not in self.log), *self.log)


class Part(NamedTuple):
    """One partition of a topic, and the position of its reading group."""

    events: tuple[Event, ...] = ()
    first: int = 0
    """Retention removed the records before this."""
    owner: int = 0
    """The replica that it is assigned to."""
    position: int = 0
    """Offset of the record that the owner reads next."""
    committed: int = 0
    under: int = 0
    """The topic's incarnation under which `committed` was."""


class Mark(NamedTuple):
    """Acknowledged events, which may be cleared from `unsent`."""

    letter: str
    version: int
    lows: Numbers
    highs: Numbers


class Task(NamedTuple):
    """One piece of work in hand of one process; it dies with the process."""

    kind: str
    """batch, command, sweep, resend, replay or trim."""
    service: str
    replica: int
    step: str
    inputs: tuple[Event, ...] = ()
    todo: tuple[str, ...] = ()
    """Letters that are still to be kept."""
    ends: tuple[tuple[int, int], ...] = ()
    """Per partition that this process still owns: the offset to commit."""
    known: tuple[Id, ...] | None = None
    """Inputs that were `seen` when the work began; noted only where that matters."""
    loaded: Doc | None = None
    repeats: tuple[tuple[str, Id], ...] = ()
    """Letters and causes whose effects are still to be looked up."""
    half: tuple[Event, ...] = ()
    """The content of the first of the two places."""
    sends: tuple[Event, ...] = ()
    marks: tuple[Mark, ...] = ()
    waits: tuple[tuple[int, int], ...] = ()
    """Documents and versions that a majority must have before anything is sent."""
    unfit: tuple[Event, ...] = ()
    ids: tuple[int, ...] = ()
    """Incarnations that a resend is for."""


class World(NamedTuple):
    """Everything at one moment."""

    docs: tuple[Doc, ...]
    parts: tuple[Part, ...]
    tasks: tuple[Task, ...] = ()
    air: tuple[Event, ...] = ()
    """Sent, not acknowledged, and perhaps appended later."""
    acked: frozenset[Id] = frozenset()
    parked: frozenset[tuple[str, Event]] = frozenset()
    asked: frozenset[Id] = frozenset()
    """Commands that are still to be executed."""
    incarnations: tuple[int, ...] = ()
    """The incarnation of each topic."""
    stored: tuple[tuple[int, ...], ...] = ()
    """Per service: incarnations to which its log was sent whole."""
    started: tuple[tuple[int, ...], ...] = ()
    """Per process: incarnations under which its consumers started."""
    durable: tuple[Doc, ...] = ()
    """The majority's documents; empty where failovers aren't explored."""
    memory: frozenset[tuple[int, Id]] = frozenset()
    """Per process: recently acknowledged events; empty without damping."""
    is_fixed: bool = False
    """Whether the code that can apply the parked record is deployed."""
    budget: Numbers = ()
    """How often each failure may still happen."""


class Step(NamedTuple):
    """One thing that can happen next."""

    says: str
    world: World
    is_promised: bool = True
    """Whether it happens in the end if nothing else does; false for what adversaries do."""


class Violation(Exception):
    """A property that doesn't hold."""


def number(numbers: Numbers, topic: str) -> int:
    """The topic's number."""
    for name, value in numbers:
        if name == topic:
            return value
    return 0


def numbered(numbers: Numbers, topic: str, *, value: int) -> Numbers:
    """The same with another number for that topic; 0 takes it out."""
    rest = [one for one in numbers if one[0] != topic]
    return tuple(sorted([*rest, (topic, value)] if value else rest))


def lowest(numbers: Numbers, topic: str, *, value: int) -> Numbers:
    """As the database's `$min` does."""
    before = number(numbers, topic)
    return numbered(numbers, topic, value=min(before, value) if before else value)


def sent(doc: Doc, topic: str) -> int:
    """The last number emitted on that topic."""
    return max((one.number for one in doc.history if one.topic == topic), default=0)


def with_(values: tuple[Any, ...], at: int, value: object) -> tuple[Any, ...]:
    """A tuple with one value replaced."""
    return (*values[:at], value, *values[at + 1 :])
