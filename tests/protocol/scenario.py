"""What is explored: services, letters, topics, earlier events, and possible failures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tests.protocol.clauses import Clauses
from tests.protocol.world import Doc, Event, Id, Numbers, Part, World


@dataclass(frozen=True)
class Service:
    """One service: its input topics, and the number of its processes."""

    name: str
    reads: tuple[str, ...] = ()
    replicas: int = 1


@dataclass(frozen=True)
class Ask:
    """A command for a service, and the topics of its events."""

    service: str
    letter: str
    topics: tuple[str, ...]


INTAKE = Service("intake")
ROUTER = Service("router", reads=("in",), replicas=2)


@dataclass(frozen=True)
class Scenario:
    """A bounded world. By default intake emits `in`, and two routers answer with `out`."""

    said: tuple[Id, ...] = ()
    """Intake's events on `in`, in their order on the topic."""
    asks: tuple[Ask, ...] = ()
    strikes: Mapping[str, int] = field(default_factory=dict)
    """How often each failure may happen; see adversary.py."""
    letters: Mapping[str, int] = field(default_factory=lambda: {"a": 0})
    """Each letter's partition, the same in every topic."""
    services: tuple[Service, ...] = (INTAKE, ROUTER)
    writers: Mapping[str, str] = field(default_factory=lambda: {"in": "intake", "out": "router"})
    reactions: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"in": ("out",)})
    """The event with which a topic's reader answers each record."""
    quiet: frozenset[Id] = frozenset()
    """Records that cause nothing, though they have their turn."""
    batch: int = 2
    most_early: int = 2
    most_appended: int = 14
    """Topics don't grow beyond; runs that would are cut, and counted."""
    crashing: tuple[str, ...] = ("intake", "router")
    resetting: tuple[str, ...] = ("in", "out")
    """The topics that the broker loses at once."""
    offsets_survive: bool = False
    """Whether the loss leaves the groups' offsets."""
    poison: frozenset[Id] = frozenset()
    """Records that can't be applied before the code is fixed."""
    drops: bool = False
    """Whether an operator drops parked records instead of replaying them."""
    outsiders: frozenset[str] = frozenset()
    """Topics whose writers are none of ours."""
    damps: bool = False
    """Whether repeats that this process had acknowledged are not sent again."""
    loads_apart: bool = False
    """Whether a command's load and its compare-and-set are two steps."""
    clauses: Clauses = field(default_factory=Clauses)

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """Every topic, in order."""
        return tuple(sorted(self.writers))

    @cached_property
    def reader(self) -> dict[str, str]:
        """The reader of a topic."""
        return {topic: one.name for one in self.services for topic in one.reads}

    @cached_property
    def named(self) -> dict[str, Service]:
        """The services by name."""
        return {one.name: one for one in self.services}

    @cached_property
    def _partitions(self) -> tuple[int, ...]:
        return tuple(sorted(set(self.letters.values())))

    @cached_property
    def places(self) -> tuple[tuple[str, int], ...]:
        """Every partition of every topic."""
        return tuple((topic, at) for topic in self.topics for at in self._partitions)

    @cached_property
    def _place_of(self) -> dict[tuple[str, str], int]:
        return {
            (topic, letter): self.places.index((topic, at))
            for topic in self.topics
            for letter, at in self.letters.items()
        }

    @cached_property
    def _doc_of(self) -> dict[tuple[str, str], int]:
        every = [(one.name, letter) for one in self.services for letter in sorted(self.letters)]
        return {one: at for at, one in enumerate(every)}

    @cached_property
    def doc_names(self) -> tuple[tuple[str, str], ...]:
        """Service and letter of each document."""
        return tuple(self._doc_of)

    @cached_property
    def processes(self) -> tuple[tuple[str, int], ...]:
        """Service and replica of each process."""
        return tuple((one.name, at) for one in self.services for at in range(one.replicas))

    @cached_property
    def fails_over(self) -> bool:
        """Whether a database may lose its last writes."""
        return "failover" in self.strikes

    @cached_property
    def trims(self) -> bool:
        """Whether log entries may move, so that readers look in two places."""
        return "trim" in self.strikes

    def place(self, event: Event) -> int:
        """The partition that an event belongs to."""
        return self._place_of[event.topic, event.letter]

    def doc(self, service: str, letter: str) -> int:
        """Index of a letter's document."""
        return self._doc_of[service, letter]

    def process(self, service: str, replica: int) -> int:
        """Index of a process."""
        return self.processes.index((service, replica))

    def concerns(self, service: str) -> tuple[int, ...]:
        """The topics whose incarnations a service compares."""
        return tuple(
            at
            for at, topic in enumerate(self.topics)
            if self.writers[topic] == service or topic in self.named[service].reads
        )

    def read_by(self, service: str) -> tuple[int, ...]:
        """The partitions that a service reads."""
        reads = self.named[service].reads
        return tuple(at for at, (topic, _) in enumerate(self.places) if topic in reads)

    def start(self) -> World:
        """The world before the first step."""
        none = (0,) * len(self.topics)
        docs = tuple(self._first_doc(*name) for name in self.doc_names)
        budget: Numbers = tuple(sorted(self.strikes.items()))
        return World(
            docs=docs,
            parts=tuple(self._first_part(at) for at in range(len(self.places))),
            asked=frozenset(("command", one.letter, at) for at, one in enumerate(self.asks)),
            incarnations=none,
            stored=(none,) * len(self.services),
            started=(none,) * len(self.processes),
            durable=docs if self.fails_over else (),
            budget=budget,
        )

    def _first_doc(self, service: str, letter: str) -> Doc:
        said = sorted(
            _said(one) for one in self.said if self._says(service, one) and one[1] == letter
        )
        return Doc(version=len(said), log=tuple(said))

    def _says(self, service: str, said: Id) -> bool:
        return self.writers[said[0]] == service

    def _first_part(self, at: int) -> Part:
        events = (_said(one) for one in self.said)
        return Part(events=tuple(one for one in events if self.place(one) == at))


def _said(said: Id) -> Event:
    """An event that was emitted before, for a reason of its own."""
    topic, letter, number = said
    return Event(topic, letter, number, ("once", letter, number))
