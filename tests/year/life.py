"""A whole year: the clock jumps from one thing that happens to the next, until all has ended."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from shared.kernel.letter_number import new_letter_number
from shared.platform.app.shell import LETTERS
from tests.year import bureaus, desks, writers
from tests.year.days import DAY, moment_of
from tests.year.diversions import Divider
from tests.year.faults import Away, Kind, Watch, schedule
from tests.year.plants import NO_PLANT, Plant
from tests.year.street import Card, Street, later, lot_of, together
from tests.year.town import Town, built
from tests.year.watch import AGAIN, Message, Pass, Phone

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
MOST_IDLE = 100
"""Most turns at one instant before it counts as endless."""


@dataclass(frozen=True)
class Plan:
    """The parameters of a year; a seed determines everything except retries of messages."""

    letters: int
    seed: int = 1
    diversions: int = 4
    has_faults: bool = True
    last: date = LAST
    plant: Plant = NO_PLANT
    """A fault of the notifier's."""


@dataclass(frozen=True)
class Lived:
    """The result of a year, for the verdict."""

    town: Town
    messages: Sequence[Message]
    away: Sequence[Away]
    passes: Sequence[Pass]
    faults: Sequence[Kind]
    refusals: Any
    ended_at: datetime


async def live(plan: Plan) -> Lived:
    """Live through that year, and until all letters have ended."""
    with _rarely_collected():
        return await _live(plan)


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """A year keeps nearly all that it makes: looking for rubbish takes a fifth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def _live(plan: Plan) -> Lived:
    async with built(moment_of(FIRST, 0)) as town:
        street = Street(town, together(writers.REACTIONS, bureaus.REACTIONS, desks.REACTIONS))
        phone = Phone(town.now, lot_of(plan.seed, "phone"))
        watch = Watch(street, phone, lot_of(plan.seed, "faults"), plan.plant.lag)
        await _begin(plan, town, street, watch)
        while (at := _next(town, street, watch)) is not None:
            town.now.at = max(at, town.now())
            await street.live()
            await _settle(town, street, watch)
        for one in watch.replicas:
            await one.die()
        return Lived(
            town,
            phone.messages,
            watch.away,
            watch.passes,
            watch.done,
            street.refusals,
            ended_at=town.now(),
        )


async def _begin(plan: Plan, town: Town, street: Street, watch: Watch) -> None:
    for process in town.processes["notifier"]:
        await process.die()
    house = town.houses["notifier"]
    house.rules = plan.plant.rules(house.rules)
    watch.join()
    _write_all(plan, street)
    diverted = Divider(town, lot_of(plan.seed, "diversions"))
    for at in diverted.moments(FIRST, plan.last, plan.diversions):
        street.plan(at, later(diverted.divert, street))
    if plan.has_faults:
        schedule(watch, FIRST, plan.last)


def _write_all(plan: Plan, street: Street) -> None:
    """Letters come at any hour of any day of the year."""
    days = (plan.last - FIRST).days + 1
    for name in range(plan.letters):
        lot = lot_of(plan.seed, name)
        card = Card(
            new_letter_number(lot.randbytes(10)),
            f"owner-{name}",
            lot,
            category=lot.choice(writers.CATEGORIES),
            consents=lot.random() < 0.6,
        )
        street.cards[card.number] = card
        day = FIRST + DAY * lot.randrange(days)
        at = moment_of(day, 0) + timedelta(seconds=lot.randrange(86_400))
        street.plan(at, partial(writers.write, street, card))


def _next(town: Town, street: Street, watch: Watch) -> datetime | None:
    """When the next thing happens; None if nothing is left."""
    due = [town.looked_after_at()]
    if watch.awake:
        letters = town.database("notifier").collection(LETTERS)
        due += [letters.first("fires_at"), letters.first("deliver_at")]
    again = town.now() + AGAIN
    found = [at if at > town.now() else again for at in due if at is not None]
    planned = street.next_at
    return min(found if planned is None else [planned, *found], default=None)


def _is_due(town: Town) -> bool:
    letters = town.database("notifier").collection(LETTERS)
    due = (letters.first("fires_at"), letters.first("deliver_at"))
    return any(at is not None and at <= town.now() for at in due)


async def _settle(town: Town, street: Street, watch: Watch) -> None:
    """Run until nothing more happens at this instant."""
    at = town.looked_after_at()
    if at is not None and at <= town.now():
        await town.look_after()
    for _ in range(MOST_IDLE):
        count = await town.turn()
        if _is_due(town):
            count += await watch.work()
        street.hear()
        if not count:
            return
    raise AssertionError("it does not come to rest")
