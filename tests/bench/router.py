"""Letters per second that the router routes, and the cost of one, compared with others by turns.

Compared with a bare loop that does the same for whole batches (router_floor.py), and with a service
that works letter by letter (peers/). Each has fresh servers, and a topic that holds all letters
before it starts; the clock runs from the first record fetched to the last commit, without the time
to join the group.
"""

import asyncio
import json
import shutil
from collections import Counter, defaultdict
from dataclasses import asdict
from pathlib import Path

from deploy.local.stack.supervisor import Stack, running_stack
from shared.contracts.topics import SUBMITTED, group_prefix
from shared.platform.kafka.bus import Bus, Outbound
from shared.platform.runtime.clock import utc_now
from tests.bench import machine, outcome, topics
from tests.bench.clones import numbers
from tests.bench.database import Look
from tests.bench.measures import Measure, WrongOutcome
from tests.bench.processes import answer, child
from tests.bench.sent import record
from tests.bench.shape import Shape
from tests.bench.watch import Figures
from tests.support.sealers import sealer_in

COUNT = 1_500
TURNS = "RFPPFRRFPPFR"
"""Router, floor, peer; the router first, since the others make as many bytes as it did."""
OURS, FLOOR, PEER = "RFP"
MODULES = {
    OURS: "tests.bench.router_watched",
    FLOOR: "tests.bench.router_floor",
    PEER: "tests.bench.peers.faststream_router",
}
FIGURES = (
    ("letters", "letters/s", "per_second"),
    ("cpu", "us/letter", "cpu_us"),
    ("cpu.envelopes", "us/letter", "envelopes_us"),
    ("cpu.rest", "us/letter", "rest_us"),
    ("writes", "commands/letter", "writes"),
    ("batch", "letters", "batch"),
)

DATABASE = "mailbox_router"


async def measure(directory: Path, *, count: int = COUNT, turns: str = TURNS) -> list[Measure]:
    """The router's figures, beside the floor's and then beside the peer's.

    Raises: WrongOutcome; StackFailed.
    """
    trial = _Trial(directory, count)
    rounds: dict[str, list[Figures]] = defaultdict(list)
    for turn in turns:
        rounds[turn].append(await trial.round(turn))
    return [
        Measure(
            f"router.{name}{beside}", unit, *([one[figure] for one in rounds[who]] for who in pair)
        )
        for beside, pair in (("", OURS + FLOOR), (".faststream", OURS + PEER))
        for name, unit, figure in FIGURES
    ]


class _Trial:
    """The letters, which are the same in every round, and the servers of each."""

    def __init__(self, directory: Path, count: int) -> None:
        self._directory = directory
        self._count = count
        self._shape = directory / "shape.json"
        self._letters: list[str] = []
        self._records: list[Outbound] = []

    async def round(self, turn: str) -> Figures:
        """One round on empty servers. Raises: WrongOutcome; StackFailed."""
        shutil.rmtree(self._directory / "data", ignore_errors=True)
        async with running_stack(self._directory, only={"servers", "topics"}) as stack:
            for pid in stack.pids.values():
                machine.pin(pid, machine.OTHERS)
            bus = topics.bus_of(stack.settings("topics"))
            await bus.start()
            try:
                await self._fill(bus)
                found = await self._run(stack, turn)
                await self._check(stack, bus)
            finally:
                await bus.stop()
        return found

    async def _fill(self, bus: Bus) -> None:
        """Put all letters on the topic. Raises: BusFault."""
        if not self._records:
            sealer = sealer_in(self._directory / "keys" / "public.jwks.json")
            self._letters = numbers(self._count)
            self._records = [
                record(letter, serial, sealer=sealer, at=utc_now())
                for serial, letter in enumerate(self._letters)
            ]
        for fault in await bus.send(self._records):
            if fault is not None:
                raise fault

    async def _run(self, stack: Stack, turn: str) -> Figures:
        result = self._directory / "result.json"
        words = [str(self._count), str(result), *([] if turn == OURS else [str(self._shape)])]
        settings = {
            **stack.settings("topics"),
            "MAILBOX_ROUTER_DATABASE": DATABASE,
            "MAILBOX_ROUTER_HTTP_PORT": str(stack.ports.router),
        }
        process = child(MODULES[turn], *words, settings=settings)
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
        outcome.compare("documents", Counter(kept), Counter(self._letters))
        wanted = outcome.wanted(self._letters)
        names = {topic for topic, _, _ in wanted}
        found, committed = await asyncio.gather(
            topics.records(bus, names),
            bus.committed(group_prefix("router"), topics.partitions([SUBMITTED.name])),
        )
        outcome.compare("records", found, wanted)
        if sum(at.offset for at in committed.values()) != self._count:
            raise WrongOutcome("not every letter's offset was committed")
