"""People who read what became of letters, and plan what they do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any

from shared.contracts.event import Fact
from shared.contracts.topics import PROGRESS
from shared.contracts.vocabulary import Category
from shared.kernel.errors import Refused
from shared.platform.kafka.bus import Outbound, Partition
from tests.support.broker import partitions_of
from tests.support.sealed_shell import read
from tests.year.days import DAY, day_of, is_worked, moment_of
from tests.year.town import Town

Act = Callable[[], Awaitable[None]]
Reaction = Callable[["Street", "Card", Any], None]
"""A planned action because of a fact."""
Reactions = Mapping[type[Fact], Reaction]


def lot_of(*names: object) -> Random:
    """A random generator for these names, the same in every run of a seed."""
    return Random("/".join(map(str, names)))  # noqa: S311 - what people do is no secret


@dataclass
class Card:
    """What people know of one letter."""

    number: str
    owner: str
    lot: Random
    category: Category
    consents: bool
    sequence: int = 0
    state: str = ""
    holder: str = ""
    assignment: int = 0
    todo: list[str] = field(default_factory=list)
    """What the bureau will do without waiting for others."""
    plan: int = 0
    """Which plan of the bureau counts; older ones are void."""
    forgotten: bool = False
    """It is forgotten until a reminder."""
    abandoned: bool = False
    """Some of its clocks are never acted on."""
    facts: Counter[type[Fact]] = field(default_factory=Counter)


@dataclass
class Street:
    """All people together."""

    town: Town
    reactions: Mapping[type[Fact], list[Reaction]]
    cards: dict[str, Card] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)
    """The services' refusals, by code."""
    _agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _counter: count[int] = field(default_factory=count)
    _read: dict[Partition, int] = field(default_factory=dict)
    _known: set[tuple[str, int]] = field(default_factory=set)

    @property
    def now(self) -> datetime:
        """The time."""
        return self.town.now()

    @property
    def next_at(self) -> datetime | None:
        """When somebody acts next."""
        return self._agenda[0][0] if self._agenda else None

    def plan(self, at: datetime, act: Act) -> None:
        """Do that then, or at once if that is past."""
        heappush(self._agenda, (at, next(self._counter), act))

    async def live(self) -> None:
        """Everyone does what they planned for now."""
        while self._agenda and self._agenda[0][0] <= self.now:
            await heappop(self._agenda)[2]()

    def hear(self) -> None:
        """Everyone reads the router's new events, and makes plans."""
        for at in PARTITIONS:
            held = self.town.broker.standing.get(at, ())
            for one in held[self._read.get(at, 0) :]:
                self._hear(Outbound(one.topic, one.key, one.value, one.headers))
            self._read[at] = len(held)

    async def tell(self, service: str, card: Card, command: Any) -> bool:
        """Ask a service for something; whether it was done."""
        process = self.town.one(service)
        name = f"{type(command).__name__}-{next(self._counter)}"
        try:
            await process.tell(card.number, command, name)
        except Refused as no:
            self.refusals[no.code] += 1
            return False
        finally:
            await process.quiet()
        return True

    def _hear(self, record: Outbound) -> None:
        said = read(record)
        card, sequence, fact = self.cards[said.subject], said.sequence or 0, said.data
        if not isinstance(fact, Fact) or (card.number, sequence) in self._known:
            return
        self._known.add((card.number, sequence))
        if sequence > card.sequence:
            card.sequence, card.state = sequence, fact.state
            card.holder, card.assignment = fact.holder, fact.assignment
        card.facts[type(fact)] += 1
        for react in self.reactions.get(type(fact), ()):
            react(self, card, fact)


PARTITIONS = partitions_of([PROGRESS.name])


def in_office(at: datetime, lot: Random, days: float = 0) -> datetime:
    """A moment in office hours, that many working days from now."""
    day, left = day_of(at), int(days)
    while left or not is_worked(day):
        day += DAY
        left -= is_worked(day) and left > 0
    moment = _second(moment_of(day, lot.uniform(8.5, 17.5)))
    return moment if moment > at else in_office(moment_of(day + DAY, 0), lot)


def any_time(at: datetime, lot: Random, days: float) -> datetime:
    """Any moment within that many days."""
    return _second(at + timedelta(minutes=1) + timedelta(days=lot.uniform(0, days)))


def together(*all_: Reactions) -> Mapping[type[Fact], list[Reaction]]:
    """The people's reactions."""
    found: dict[type[Fact], list[Reaction]] = {}
    for reactions in all_:
        for kind, react in reactions.items():
            found.setdefault(kind, []).append(react)
    return found


def later(act: Callable[..., Awaitable[Any]], *given: Any) -> Act:
    """Something to be done later, with the present arguments."""

    async def do() -> None:
        await partial(act, *given)()

    return do


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
