"""The cost of polling for due letters when none is due, with many open letters and with few.

It sends the queries of the notifier's loops to two databases on one server, alternately, so that
other load on the machine affects both.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from services.notifier import store
from shared.platform.mongo.database import Database
from tests.bench.clones import Place
from tests.bench.measures import Measure, WrongOutcome

ROUNDS = 8
POLLS = 50
"""In a round, of each of the two."""

Taken = tuple[list[float], list[float]]
"""Milliseconds, of many open letters and of few."""
Ask = Callable[[store.Share, datetime], Awaitable[list[Any]]]


async def measure(many: Place, few: Place, *, now: datetime) -> list[Measure]:
    """Milliseconds of an empty poll, and how it grows. Raises: WrongOutcome, if one isn't empty."""
    databases = [Database(one.uri, one.database) for one in (many, few)]
    try:
        shares = [store.Share(one.collection(store.LETTERS), lambda _: True) for one in databases]
        fire = await _compared(store.to_fire, shares, now)
        deliver = await _compared(store.to_deliver, shares, now)
    finally:
        for one in databases:
            one.close()
    return [*_measures("notifier.poll", fire), *_measures("notifier.poll_messages", deliver)]


async def made(place: Place) -> None:
    """The indexes that the notifier makes at its start."""
    database = Database(place.uri, place.database)
    try:
        await database.collection(store.LETTERS).index(store.INDEXES[store.LETTERS])
    finally:
        database.close()


async def _compared(ask: Ask, shares: Sequence[store.Share], now: datetime) -> Taken:
    """The medians of each round, after one that doesn't count."""
    await _round(ask, shares, now)
    rounds = [await _round(ask, shares, now) for _ in range(ROUNDS)]
    return [one[0] for one in rounds], [one[1] for one in rounds]


async def _round(ask: Ask, shares: Sequence[store.Share], now: datetime) -> tuple[float, float]:
    many, few = shares
    polls = [(await _poll(ask, many, now), await _poll(ask, few, now)) for _ in range(POLLS)]
    return median(one[0] for one in polls), median(one[1] for one in polls)


async def _poll(ask: Ask, share: store.Share, now: datetime) -> float:
    began = time.perf_counter()
    found = await ask(share, now)
    taken = (time.perf_counter() - began) * 1000
    if found:
        raise WrongOutcome(f"notifier: {len(found)} letters are due in an empty poll")
    return taken


def _measures(name: str, taken: Taken) -> list[Measure]:
    growth = [many / few for many, few in zip(*taken, strict=True)]
    return [Measure(name, "ms", *taken), Measure(f"{name}_growth", "times", growth)]
