"""The cost of a letter for the router with many stored letters, compared with few.

python -m tests.bench.growth [--stored 100000] [--few 1000] [--letters 1000]

Two real routers, each on its own servers: one stores the many letters, the other the few. They get
the same number of new letters by turns. The stored letters are ones that the router has routed
itself, under other numbers and over all bureaus and months; they have no search index, which is
made later and which routing doesn't read.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

from deploy.local.stack.plan import Http
from deploy.local.stack.supervisor import Stack, running_stack
from services.router.store.documents import LETTERS, UNLISTED
from shared.platform.runtime.clock import utc_now
from tests.bench import clones, machine, outcome, posts, running, topics
from tests.bench.clones import APART, Place
from tests.bench.database import Document, Look
from tests.bench.measures import Measure, WrongOutcome
from tests.bench.padding import padding
from tests.bench.processes import child, started
from tests.bench.sent import record
from tests.bench.watch import Figures
from tests.support.sealers import sealer_in

WITHIN_S = 1_800.0
TURNS = "MFFMMFFM"
"""Many, few."""
NEVER = 1_000
"""More rounds than there are: the router is ended from here."""
ROUTED_WITHIN_S = 120.0
LOOK_EVERY_S = 0.1
DATABASE = "mailbox_router"
SETTLED = timedelta(hours=1)
"""The stored letters were received at least that long before the measured ones."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many letters are stored at the two routers, and how many come in a turn."""

    stored: int = 100_000
    few: int = 1_000
    letters: int = 1_000


async def measure(directory: Path, sizes: Sizes = Sizes()) -> list[Measure]:
    """The cost of a letter among many, beside that among few.

    Raises: WrongOutcome; StackFailed; NotReady.
    """
    rounds: dict[str, list[Figures]] = defaultdict(list)
    async with AsyncExitStack() as routers:
        trials = {
            name: await routers.enter_async_context(_trial(directory / name, sizes.letters))
            for name in "MF"
        }
        await trials["M"].keep(sizes.stored)
        await trials["F"].keep(sizes.few)
        for turn in TURNS:
            rounds[turn].append(await trials[turn].round())
        for trial in trials.values():
            await trial.check()
    return [
        Measure(name, "us/letter", *([one[figure] for one in rounds[turn]] for turn in "MF"))
        for name, figure in (("router.growth.cpu", "cpu_us"), ("router.growth.wall", "wall_us"))
    ]


@asynccontextmanager
async def _trial(directory: Path, letters: int) -> AsyncIterator["_Trial"]:
    """A real router on fresh servers, and the sender of its letters."""
    async with running_stack(directory, only={"servers", "topics"}) as stack:
        for pid in stack.pids.values():
            machine.pin(pid, machine.OTHERS)
        trial = _Trial(stack, directory, letters)
        log = directory / "logs" / f"{trial.router.name}.log"
        async with started(trial.router, log, place=machine.TESTED), trial:
            yield trial


class _Trial:
    """One router, its database, and the letters sent to it."""

    def __init__(self, stack: Stack, directory: Path, letters: int) -> None:
        """`letters`: how many come in each round."""
        settings, port = stack.settings("topics"), stack.ports.router
        self._result = directory / "result.jsonl"
        own = {"MAILBOX_ROUTER_DATABASE": DATABASE, "MAILBOX_ROUTER_HTTP_PORT": str(port)}
        self.router = child(
            "tests.bench.router_watched",
            *(str(letters), str(self._result), str(NEVER)),
            ready=Http(port),
            settings={**settings, **own},
        )
        self._bus = topics.bus_of(settings)
        self._place = Place(settings["MAILBOX_MONGO_URI"], DATABASE)
        self._look = Look(self._place.uri)
        self._sealer = sealer_in(directory / "keys" / "public.jwks.json")
        self._letters = letters
        self._routed: list[list[str]] = []
        self._came = utc_now()

    async def __aenter__(self) -> Self:
        """Connect. Raises: BusFault."""
        await self._bus.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of broker and database."""
        await self._bus.stop()
        self._look.close()

    async def keep(self, count: int) -> None:
        """Store exactly that many letters. Raises: WrongOutcome; BusFault."""
        await self._route()
        real = await self._look.sample(DATABASE, LETTERS)
        await clones.remove(self._place, self._new)
        await clones.fill(self._place, _kept(real, clones.numbers(count)))

    async def round(self) -> Figures:
        """Measure routing some more, which are removed afterwards.

        Raises: WrongOutcome; BusFault.
        """
        figures = await self._route()
        await clones.remove(self._place, self._new)
        return figures

    async def check(self) -> None:
        """Every event of each letter was sent once. Raises: WrongOutcome; BusFault."""
        wanted = sum(map(outcome.wanted, self._routed), Counter())
        found = await topics.records(self._bus, {topic for topic, _, _ in wanted})
        outcome.compare("records", found, wanted)

    async def _route(self) -> Figures:
        """Give it as many letters as it is watched over, and see that all are kept."""
        self._came = utc_now()
        letters = clones.numbers(self._letters)
        for fault in await self._bus.send(
            [
                record(letter, serial, sealer=self._sealer, at=self._came)
                for serial, letter in enumerate(letters)
            ]
        ):
            if fault is not None:
                raise fault
        self._routed.append(letters)
        figures = await self._figures()
        kept = await self._look.ids(DATABASE, LETTERS, where=self._new)
        outcome.compare("documents", Counter(kept), Counter(letters))
        return figures

    async def _figures(self) -> Figures:
        """The router's report of the round, once it is over. Raises: WrongOutcome."""
        began = time.monotonic()
        while len(lines := _lines(self._result)) < len(self._routed):
            if time.monotonic() - began > ROUTED_WITHIN_S:
                raise WrongOutcome(f"router: letters unrouted after {ROUTED_WITHIN_S:.0f} s")
            await asyncio.sleep(LOOK_EVERY_S)
        found: Figures = json.loads(lines[-1])
        return found

    @property
    def _new(self) -> Document:
        """Letters that came last; the database keeps instants by the millisecond."""
        return {"received_at": {"$gt": self._came - SETTLED}}


def _kept(real: Document, letters: Sequence[str]) -> Iterator[Document]:
    """The document under each number, as old and as spread over bureaus as letters are."""
    rest = {name: value for name, value in real.items() if name != UNLISTED}
    for serial, letter in enumerate(letters):
        city, before = posts.city(serial), SETTLED + serial * APART
        yield rest | {
            "_id": letter,
            "is": f"{city}:routed",
            "city": city,
            "received_at": real["received_at"] - before,
            "due_at": real["due_at"] - before,
            # Sealed words are no two alike, and nothing makes them smaller.
            "log": [entry | {"value": padding(len(entry["value"]))} for entry in real["log"]],
        }


def _lines(file: Path) -> list[str]:
    """The whole lines of a file that another process writes."""
    written = file.read_text() if file.exists() else ""
    return written.splitlines()[: written.count("\n")]


def _asked() -> Sizes:
    parser = argparse.ArgumentParser(prog="tests.bench.growth")
    for name in ("stored", "few", "letters"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Sizes(), name))
    return Sizes(**vars(parser.parse_args()))


if __name__ == "__main__":
    wanted = _asked()
    sys.exit(running.main(lambda directory: measure(directory, wanted), within_s=WITHIN_S))
