"""How many letters a second does the router route, beside a bare loop? By turns, on fresh servers.

The topic holds all letters before either starts; the clock runs from the first record fetched to
the last commit, so that joining the group doesn't count.
"""

import asyncio
import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from deploy.local.supervisor import Stack, running_stack
from shared.contracts.topics import PROGRESS, SUBMITTED, group_prefix, letters_of
from shared.platform.bus import Bus, Outbound
from shared.platform.clock import utc_now
from tests.bench import machine, posts, topics
from tests.bench.clones import numbers
from tests.bench.database import Look
from tests.bench.measures import Measure, WrongOutcome
from tests.bench.processes import answer, child
from tests.bench.sent import record
from tests.bench.shape import Shape
from tests.bench.topics import Name
from tests.support.sealers import sealer_in

COUNT = 1_500
TURNS = "ABBAABBA"
"""A is the router, B the floor."""

DATABASE = "mailbox_router"
Figures = dict[str, float]
T = TypeVar("T")


async def measure(directory: Path) -> list[Measure]:
    """The router's figures. Raises: WrongOutcome; StackFailed."""
    trial = _Trial(directory)
    rounds: dict[str, list[Figures]] = {"A": [], "B": []}
    for turn in TURNS:
        rounds[turn].append(await trial.round(is_floor=turn == "B"))
    figures = (
        ("router.letters", "letters/s", "per_second"),
        ("router.cpu", "ms/letter", "cpu_ms"),
        ("router.writes", "commands/letter", "writes"),
        ("router.batch", "letters", "batch"),
    )
    return [
        Measure(name, unit, *([one[figure] for one in rounds[turn]] for turn in ("A", "B")))
        for name, unit, figure in figures
    ]


class _Trial:
    """The letters, which are the same in every round, and the servers of each."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._shape = directory / "shape.json"
        self._letters: list[str] = []
        self._records: list[Outbound] = []

    async def round(self, *, is_floor: bool) -> Figures:
        """One round on empty servers. Raises: WrongOutcome; StackFailed."""
        shutil.rmtree(self._directory / "data", ignore_errors=True)
        async with running_stack(self._directory, only={"servers", "topics"}) as stack:
            for pid in stack.pids.values():
                machine.pin(pid, machine.OTHERS)
            bus = topics.bus_of(stack.settings("topics"))
            await bus.start()
            try:
                await self._fill(bus)
                found = await self._run(stack, is_floor=is_floor)
                await self._check(stack, bus)
            finally:
                await bus.stop()
        return found

    async def _fill(self, bus: Bus) -> None:
        """Put all letters on the topic. Raises: BusFault."""
        if not self._records:
            sealer = sealer_in(self._directory / "keys" / "public.jwks.json")
            self._letters = numbers(COUNT)
            self._records = [
                record(letter, serial, sealer=sealer, at=utc_now())
                for serial, letter in enumerate(self._letters)
            ]
        for fault in await bus.send(self._records):
            if fault is not None:
                raise fault

    async def _run(self, stack: Stack, *, is_floor: bool) -> Figures:
        result = self._directory / "result.json"
        words = [str(COUNT), str(result)]
        settings = {
            **stack.settings("topics"),
            "MAILBOX_ROUTER_DATABASE": DATABASE,
            "MAILBOX_ROUTER_HTTP_PORT": str(stack.ports.router),
        }
        if is_floor:
            process = child("tests.bench.router_floor", *words, str(self._shape), settings=settings)
        else:
            process = child("tests.bench.router_watched", *words, settings=settings)
        log = self._directory / "logs" / f"{process.name}.log"
        return await answer(process, log, place=machine.TESTED, result=result)

    async def _check(self, stack: Stack, bus: Bus) -> None:
        """Every letter kept and routed once, and nothing else. Raises: WrongOutcome."""
        look = Look(stack.settings("topics")["MAILBOX_MONGO_URI"])
        try:
            kept = await look.ids(DATABASE, "letters")
            if not self._shape.exists():
                shape = Shape.of_document(await look.sample(DATABASE, "letters"))
                self._shape.write_text(json.dumps(asdict(shape)))
        finally:
            look.close()
        _compare("documents", Counter(kept), Counter(self._letters))
        wanted = _wanted(self._letters)
        names = {topic for topic, _, _ in wanted}
        found, committed = await asyncio.gather(
            topics.records(bus, names),
            bus.committed(group_prefix("router"), topics.partitions([SUBMITTED.name])),
        )
        _compare("records", found, wanted)
        if sum(at.offset for at in committed.values()) != COUNT:
            raise WrongOutcome("not every letter's offset was committed")


def _wanted(letters: Sequence[str]) -> Counter[Name]:
    """Received and routed for everyone, assigned for its bureau: each once for each letter."""
    wanted: Counter[Name] = Counter()
    for serial, letter in enumerate(letters):
        bureau = letters_of(posts.city(serial)).name
        for topic, sequence in ((PROGRESS.name, 1), (PROGRESS.name, 2), (bureau, 1)):
            wanted[topic, letter, f"{topic}/{letter}/{sequence}"] += 1
    return wanted


def _compare(what: str, found: Counter[T], wanted: Counter[T]) -> None:
    lost, extra = wanted - found, found - wanted
    if lost or extra:
        raise WrongOutcome(f"router: {lost.total()} {what} lost, {extra.total()} too many")
