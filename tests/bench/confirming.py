"""Letters come in, many more lie open beside them, and then an instant comes. Several times over.

All is checked: each letter's level is confirmed once, and nothing else is.
"""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.local.stack.children import ChildProcess
from deploy.local.stack.keys import GATEWAY_SECRET, GATEWAY_TOKEN
from deploy.local.stack.plan import Http, url
from deploy.local.stack.supervisor import Stack
from shared.kernel.civil import civil_date, passes_at
from shared.platform.runtime import data_files
from shared.platform.runtime.clock import utc_now
from tests.bench import clones, machine, polls, topics
from tests.bench.clones import Place
from tests.bench.database import Look
from tests.bench.escalations import Heard, listening
from tests.bench.measures import Measure, WrongOutcome
from tests.bench.processes import child, started
from tests.bench.sent import record
from tests.support.sealers import sealer_in

ROUTER, NOTIFIER = "mailbox_router", "mailbox_notifier"
SOON, LATER = timedelta(days=30), timedelta(days=300)
"""The letters of a round are due before one, whatever else is open after the other."""
LEAD_S = 3.0
"""From setting the clocks until the instant."""
SETTLED_WITHIN_S = 900.0
CONFIRMED_WITHIN_S = 600.0
LOOK_EVERY_S = 1.0
QUIET_S = 2.0
"""How long it listens for further events afterwards."""
LEVEL = ("sign_in", "red")
"""The clock that is due: no bureau has accepted."""


@dataclass(frozen=True, slots=True)
class Found:
    """The measurements at each instant, in seconds after it."""

    first_s: list[float]
    """Until the first confirmation."""
    last_s: list[float]
    polls: list[Measure]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The number of letters and instants."""

    due: int
    """Letters with a clock that is due at the instant."""
    open: int
    """All open letters, those among them."""
    few: int
    """Open letters in the database beside which polls are measured; none: they aren't."""
    instants: int


class Trial:
    """Router and notifier on one set of servers."""

    def __init__(self, stack: Stack, directory: Path) -> None:
        self._stack = stack
        self._directory = directory
        self._ahead = directory / "ahead"
        self._settings = dict(stack.settings("topics"))
        self._bus = topics.bus_of(self._settings)
        self._look = Look(self._settings["MAILBOX_MONGO_URI"])
        self._services: tuple[ChildProcess, ...] = ()

    async def run(self, sizes: Sizes) -> Found:
        """Instant after instant. Raises: WrongOutcome; NotReady; BusFault."""
        self._set(noon := _noon(utc_now() + timedelta(days=1)))
        await self._bus.start()
        try:
            async with (
                self._service("router") as router,
                self._service("notifier") as notifier,
                listening(self._bus) as heard,
            ):
                self._services = (router, notifier)
                return await self._measured(sizes, noon, heard)
        finally:
            self._look.close()
            await self._bus.stop()

    async def _measured(self, sizes: Sizes, noon: datetime, heard: Heard) -> Found:
        found = Found([], [], [])
        for number in range(sizes.instants):
            letters = clones.numbers(sizes.due)
            instant = await self._taken_in(letters, at=noon)
            if number == 0:
                await self._join(sizes.open - sizes.due, after=instant + LATER)
                if sizes.few:
                    found.polls.extend(await self._polled(sizes.few, now=noon))
            came = self._set(instant - timedelta(seconds=LEAD_S)) + LEAD_S
            await self._confirmed(letters, heard)
            found.first_s.append(min(heard.at.values()) - came)
            found.last_s.append(max(heard.at.values()) - came)
            # Their next levels would fall into the next instant.
            await clones.remove(self._at(NOTIFIER), self._of_round())
            heard.clear()
            self._set(noon := _noon(instant))
        return found

    async def _taken_in(self, letters: Sequence[str], *, at: datetime) -> datetime:
        """Have them received and routed; the instant at which all are due. Raises: WrongOutcome."""
        sealer = sealer_in(self._directory / "keys" / "public.jwks.json")
        for fault in await self._bus.send(
            [record(letter, serial, sealer=sealer, at=at) for serial, letter in enumerate(letters)]
        ):
            if fault is not None:
                raise fault
        await self._settled(len(letters), sequence=2)
        ours = self._of_round()
        instants = await self._look.instants(NOTIFIER, "letters", field="fires_at", where=ours)
        if len(instants) != 1:
            raise WrongOutcome(f"notifier: letters are due at {len(instants)} instants, not at one")
        return instants.pop()

    async def _settled(self, count: int, *, sequence: int) -> None:
        """Return when the notifier has received that many events of each, and no message waits.

        Raises: WrongOutcome.
        """
        heard = self._of_round() | {"seen.progress": {"$gte": sequence}}
        waits = {"deliver_at": {"$lte": utc_now() + self._offset}}
        began = time.monotonic()
        while (
            await self._look.count(NOTIFIER, "letters", where=heard) < count
            or await self._look.count(NOTIFIER, "letters", where=waits) > 0
        ):
            if time.monotonic() - began > SETTLED_WITHIN_S:
                raise WrongOutcome(f"notifier: letters unsettled after {SETTLED_WITHIN_S:.0f} s")
            await asyncio.sleep(LOOK_EVERY_S)

    def _of_round(self) -> dict[str, Any]:
        """By an index: with a list of a thousand ids the local database takes seconds."""
        return {"fires_at": {"$lt": utc_now() + self._offset + SOON}}

    async def _join(self, count: int, *, after: datetime) -> None:
        """Add that many open letters at both services."""
        letters = clones.numbers(max(0, count))
        for database in (ROUTER, NOTIFIER):
            real = await self._look.sample(database, "letters")
            await clones.fill(self._at(database), clones.clones(real, letters, after=after))

    async def _polled(self, few: int, *, now: datetime) -> list[Measure]:
        """The cost of a query, beside that in a database with few letters."""
        many, beside = self._at(NOTIFIER), self._at("bench_few")
        real, letters = await self._look.sample(many.database, "letters"), clones.numbers(few)
        await polls.made(beside)
        await clones.fill(beside, clones.clones(real, letters, after=now + LATER))
        return await polls.measure(many, beside, now=now)

    async def _confirmed(self, letters: Sequence[str], heard: Heard) -> None:
        """Return when each is confirmed, and nothing else followed. Raises: WrongOutcome."""
        try:
            await heard.reach(len(letters), within_s=CONFIRMED_WITHIN_S)
        except TimeoutError:
            raise WrongOutcome(f"router: {len(heard.at)} levels confirmed") from None
        await self._settled(len(letters), sequence=3)
        await asyncio.sleep(QUIET_S)
        wanted = Counter((letter, *LEVEL) for letter in letters)
        lost, extra = wanted - heard.levels, heard.levels - wanted
        if lost or extra:
            raise WrongOutcome(f"router: {lost.total()} levels lost, {extra.total()} too many")

    @asynccontextmanager
    async def _service(self, name: str) -> AsyncIterator[ChildProcess]:
        """One of the two, under the adjustable clock, on the measured core."""
        ports, prefix = self._stack.ports, f"MAILBOX_{name.upper()}_"
        port, keys = ports.named()[name], self._settings["MAILBOX_KEYS_DIR"]
        settings = {
            **self._settings,
            f"{prefix}DATABASE": f"mailbox_{name}",
            f"{prefix}HTTP_PORT": str(port),
            "MAILBOX_NOTIFIER_GATEWAY_URL": url(ports.gateway),
            "MAILBOX_NOTIFIER_GATEWAY_TOKEN_FILE": f"{keys}/{GATEWAY_TOKEN}",
            "MAILBOX_NOTIFIER_GATEWAY_SIGNING_SECRET_FILE": f"{keys}/{GATEWAY_SECRET}",
        }
        words = (name, str(self._ahead))
        process = child("tests.bench.jumping", *words, ready=Http(port), settings=settings)
        log = self._directory / "logs" / f"{name}.log"
        async with started(process, log, place=machine.TESTED) as running:
            yield running

    def _set(self, now: datetime) -> float:
        """Set both services' clocks; when that was, by `time.monotonic()`."""
        began = time.monotonic()
        self._offset = now - utc_now()
        self._ahead.write_text(f"{self._offset.total_seconds()}")
        for service in self._services:
            os.kill(service.pid, signal.SIGUSR1)
        return began

    def _at(self, database: str) -> Place:
        return Place(self._settings["MAILBOX_MONGO_URI"], database)


def _noon(after: datetime) -> datetime:
    """Noon in Guangdong on the first working day from `after` on: nights are quiet."""
    calendar, day = data_files.calendar(), civil_date(after)
    while not calendar.is_working(day):
        day += timedelta(days=1)
    return passes_at(day) - timedelta(hours=12)
