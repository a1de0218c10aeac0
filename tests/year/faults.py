"""Failures of the notifier and the topics in a year: drawn by seed, recorded for the verdict."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Literal

from tests.support.doubles import Fate
from tests.year.days import DAY, moment_of
from tests.year.processes import House
from tests.year.street import Street, later
from tests.year.watch import Pass, Phone, Replica

Kind = Literal["down", "frozen", "crash", "storm", "moves"]
KINDS: tuple[Kind, ...] = ("down", "frozen", "crash", "storm", "moves")
NATIONAL_DAY = date(2026, 9, 30)
SLOW = 0.25
"""How often a restarted replica reads so slowly that it fires before it knows everything."""
EVERY = 9
"""Days between two of these."""


@dataclass(frozen=True)
class Away:
    """A time in which some replica did nothing."""

    since: datetime
    until: datetime
    kind: Kind

    @property
    def is_alone(self) -> bool:
        """Whether no other replica took over."""
        return self.kind != "frozen"


@dataclass
class Watch:
    """The notifier's replicas, and when some of them were away."""

    street: Street
    phone: Phone
    lot: Random
    lag: timedelta = timedelta()
    """The notifier's delay, to plant a fault."""
    replicas: list[Replica] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    """Of all replicas, in order."""
    away: list[Away] = field(default_factory=list)
    done: list[Kind] = field(default_factory=list)

    @property
    def house(self) -> House:
        """What replicas share."""
        return self.street.town.houses["notifier"]

    @property
    def awake(self) -> list[Replica]:
        """Those that do something now."""
        return [one for one in self.replicas if one.may_go.is_set()]

    def join(self, count: int = 1) -> None:
        """That many new processes start, and partitions are assigned again."""
        new = [Replica(self.house, self.phone, lag=self.lag) for _ in range(count)]
        for one in new:
            one.passes = self.passes
        self.replicas += new
        self.share()

    def share(self) -> None:
        """Every process gets some partitions at random; a few last commits are lost."""
        for one in self.replicas:
            one.process.assigned = frozenset()
        for at in self.house.group.partitions if self.replicas else ():
            taken = self.lot.choice(self.replicas).process
            taken.assigned |= {at}
            if self.lot.random() < 0.3:
                self.house.group.step_back(at, self.lot.randrange(4))
        self._noted()

    async def leave(self, gone: Sequence[Replica]) -> None:
        """These processes end at once."""
        self.replicas = [one for one in self.replicas if one not in gone]
        self.share()
        for one in gone:
            await one.die()

    async def work(self) -> int:
        """Running replicas do what is due; returns the number of letters."""
        return sum([await one.work() for one in self.awake])

    def _noted(self) -> None:
        self.street.town.processes["notifier"] = [one.process for one in self.awake]

    # --- what befalls them ---------------------------------------------------------------------

    async def down(self, until: datetime) -> None:
        """No replica runs; a restarted one usually reads before it fires."""
        await self._out(self.replicas, until, "down")

    async def crash(self, until: datetime) -> None:
        """Every process dies after the next levels were stored and before they are sent."""
        for one in self.replicas:
            one.process.line.is_cut = True
            await one.work()
        await self._out(self.replicas, until, "crash")

    async def _out(self, gone: Sequence[Replica], until: datetime, kind: Kind) -> None:
        self.away.append(Away(self.street.now, until, kind))
        await self.leave(tuple(gone))
        self.street.plan(until, self._back)

    async def _back(self) -> None:
        self.join(self.lot.choice((1, 2)))
        if self.lot.random() < SLOW:
            await self.work()

    async def frozen(self, until: datetime) -> None:
        """One of two is suspended in the middle of a pass."""
        self.join(max(0, 2 - len(self.replicas)))
        still = self.replicas[0]
        still.freeze()
        self._noted()
        self.away.append(Away(self.street.now, until, "frozen"))
        self.street.plan(until, later(self._goes_on, still))

    async def _goes_on(self, still: Replica) -> None:
        await still.go_on()
        self._noted()

    async def storm(self, until: datetime) -> None:
        """For some hours the broker refuses records, and loses acknowledgements."""
        self.street.town.broker.fate = self._fate
        self.street.plan(until, self._calm)

    async def _calm(self) -> None:
        self.street.town.broker.fate = lambda: "sent"

    def _fate(self) -> Fate:
        chance = self.lot.random()
        return "refused" if chance < 0.06 else "lost" if chance < 0.12 else "sent"

    async def moves(self, until: datetime) -> None:
        """Partitions move between replicas, of which there is one more or less."""
        del until
        if len(self.replicas) > 1 and self.lot.random() < 0.5:
            await self.leave(self.replicas[:1])
        else:
            self.join()
        self.street.plan(self.street.now + DAY, later(self._share))

    async def _share(self) -> None:
        if all(one.may_go.is_set() for one in self.replicas):
            self.share()


def schedule(watch: Watch, first: date, last: date) -> None:
    """Put a year's faults on the agenda: one kind after the other, at moments drawn by lot."""
    acts: dict[Kind, Callable[[datetime], Awaitable[None]]] = {
        "down": watch.down,
        "frozen": watch.frozen,
        "crash": watch.crash,
        "storm": watch.storm,
        "moves": watch.moves,
    }
    day, number = first + DAY * 4, 0
    while day < last:
        kind = KINDS[number % len(KINDS)]
        if abs((day - NATIONAL_DAY).days) <= EVERY // 2:
            day, kind = NATIONAL_DAY, "down"
        since, until = _times(kind, day, watch.lot)
        watch.street.plan(since, later(_befall, watch, kind, acts[kind], until))
        day, number = day + DAY * EVERY, number + 1


async def _befall(
    watch: Watch, kind: Kind, act: Callable[[datetime], Awaitable[None]], until: datetime
) -> None:
    watch.done.append(kind)
    await act(until)


def _times(kind: Kind, day: date, lot: Random) -> tuple[datetime, datetime]:
    """From when to when; what matters at midnight, when most levels are reached, is about then."""
    midnight = moment_of(day, 24).astimezone(UTC)
    noon = moment_of(day, lot.randrange(8, 20))
    match kind:
        case "down":
            return noon, noon + timedelta(hours=lot.randrange(30, 150), minutes=lot.randrange(60))
        case "frozen":
            return midnight, midnight + timedelta(minutes=lot.randrange(5, 200))
        case "crash":
            return midnight, midnight + timedelta(seconds=lot.randrange(20, 900))
        case _:
            return noon, noon + timedelta(hours=12)
