"""Letters per second that intake accepts, compared with two plain services, by turns.

The floor seals and inserts a letter, and nothing else. The other does intake's duties, too, each in
the plain way: it shows how much of the distance from the floor the duties are.
"""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from deploy.local.stack.plan import Http, url
from deploy.local.stack.ports import free_ports
from deploy.local.stack.supervisor import Stack, running_stack
from shared.contracts.topics import SUBMITTED
from tests.bench import machine, posts, topics
from tests.bench.database import Look, size
from tests.bench.intake_floor import DOCUMENT_BYTES
from tests.bench.load import TOKEN, Plan
from tests.bench.measures import Measure, WrongOutcome, percentile
from tests.bench.processes import answer, child, started

CONNECTIONS = 16
LINES = 200
"""Connections of the open loop: enough that no letter waits for one."""
SAMPLE, WARM, COUNT = 50, 200, 1_500
TURNS = "ABCBAABCBA"
"""A is intake, B the floor, C the floor with intake's duties."""
FLOOR, DUTIES = "tests.bench.intake_floor", "tests.bench.intake_duties"
PACED_TURNS = "ABBA"
PACE = 0.5
"""Rate of the open loop, as a share of the floor's."""

UNLIMITED = {"MAILBOX_INTAKE_LIMITS_FACTOR": "1000000"}
"""Letters are counted against the limits of their one writer, without reaching them."""

CREATED = "201"
SETTLED_WITHIN_S = 20.0
LOAD_WITHIN_S = 45.0


@dataclass(frozen=True, slots=True)
class Round:
    """The figures of one round; processor time and writes are per letter, sending included."""

    per_second: float
    """While letters were posted; sending may lag behind."""
    sustained: float
    """Of all letters, until the last event was sent too."""
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    database_cpu_ms: float
    writes: float
    backlog_s: float
    """From the last answer until everything was sent."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two services that are compared."""

    database: str
    port: int
    pid: int
    letters: list[str] = field(default_factory=list)
    """Numbers of all that it took in."""
    rounds: list[Round] = field(default_factory=list)
    paced: list[Round] = field(default_factory=list)
    """Those of the open loop."""


async def measure(
    directory: Path,
    *,
    warm: int = WARM,
    count: int = COUNT,
    turns: str = TURNS,
    paced_turns: str = PACED_TURNS,
) -> list[Measure]:
    """Intake's figures. Raises: WrongOutcome; StackFailed; NotReady."""
    parts = {"servers", "issuer", "topics", "intake"}
    environment = {**os.environ, **UNLIMITED}
    async with running_stack(directory, only=parts, environment=environment) as stack:
        trial = _Trial(stack, directory)
        try:
            return await _compared(trial, (warm, count), turns=turns, paced_turns=paced_turns)
        finally:
            trial.look.close()


async def _compared(
    trial: "_Trial", letters: tuple[int, int], *, turns: str, paced_turns: str
) -> list[Measure]:
    """`letters`: how many of a round are posted first, and how many count."""
    warm, count = letters
    ours = trial.ours()
    await trial.post(ours, warm=0, count=SAMPLE)
    document = size(await trial.look.sample(ours.database, "letters"))
    async with trial.floor(FLOOR, document) as floor, trial.floor(DUTIES, document) as duties:
        for side in (floor, duties):
            await trial.post(side, warm=0, count=SAMPLE)
        sides = {"A": ours, "B": floor, "C": duties}
        for turn in turns:
            sides[turn].rounds.append(await trial.post(sides[turn], warm=warm, count=count))
        pace = PACE * median(one.per_second for one in floor.rounds)
        for turn in paced_turns:
            paced = await trial.post(sides[turn], warm=warm, count=count, per_second=pace)
            sides[turn].paced.append(paced)
        for side in sides.values():
            await trial.check(side)
        told = await trial.told(ours)
        compared = _measures("intake", ours.rounds, floor.rounds)
        backlog = Measure("intake.backlog", "s", [one.backlog_s for one in ours.rounds])
        beside_duties = _measures("intake.duties", ours.rounds, duties.rounds)
        return [*compared, backlog, *_paced(ours.paced, floor.paced), told, *beside_duties]


def _measures(name: str, ours: list[Round], floor: list[Round]) -> list[Measure]:
    figures = (
        ("submissions", "letters/s", "per_second"),
        ("sustained", "letters/s", "sustained"),
        ("submissions.p50", "ms", "p50_ms"),
        ("submissions.p99", "ms", "p99_ms"),
        ("cpu", "ms/letter", "cpu_ms"),
        ("database.cpu", "ms/letter", "database_cpu_ms"),
        ("writes", "commands/letter", "writes"),
    )
    return [
        Measure(
            f"{name}.{measured}",
            unit,
            [getattr(one, figure) for one in ours],
            [getattr(one, figure) for one in floor],
        )
        for measured, unit, figure in figures
    ]


def _paced(ours: list[Round], floor: list[Round]) -> list[Measure]:
    """Latencies in the open loop."""
    return [
        Measure(
            f"intake.paced.{figure.removesuffix('_ms')}",
            "ms",
            [getattr(one, figure) for one in ours],
            [getattr(one, figure) for one in floor],
        )
        for figure in ("p50_ms", "p99_ms")
    ]


class _Trial:
    """The servers, and the requests to both services."""

    def __init__(self, stack: Stack, directory: Path) -> None:
        self._stack = stack
        self._directory = directory
        self._settings = dict(stack.settings("intake"))
        self._posted = 0
        self.look = Look(self._settings["MAILBOX_MONGO_URI"])

    def ours(self) -> Side:
        """Intake as the stack runs it, on its core."""
        for name, pid in self._stack.pids.items():
            machine.pin(pid, machine.TESTED if name == "intake" else machine.OTHERS)
        database = self._settings["MAILBOX_INTAKE_DATABASE"]
        return Side(database, self._stack.ports.intake, self._stack.pids["intake"])

    @asynccontextmanager
    async def floor(self, module: str, document: int) -> AsyncIterator[Side]:
        """A plain service, which inserts documents of that many bytes."""
        port, database = free_ports().intake, f"mailbox_{module.rpartition('_')[2]}"
        settings = {
            **self._settings,
            "MAILBOX_INTAKE_HTTP_PORT": str(port),
            "MAILBOX_INTAKE_DATABASE": database,
            DOCUMENT_BYTES: str(document),
        }
        plain = child(module, ready=Http(port), settings=settings)
        async with started(plain, self._log(plain.name), place=machine.TESTED) as running:
            yield Side(database, port, running.pid)

    async def post(
        self, side: Side, *, warm: int, count: int, per_second: float | None = None
    ) -> Round:
        """One round, of an open loop if `per_second` is given. Raises: WrongOutcome."""
        server = self._stack.pids["database"]
        writes, cpu = await self.look.writes(), machine.cpu_ms(side.pid)
        database_cpu = machine.cpu_ms(server)
        found = await self._load(side, warm=warm, count=count, per_second=per_second)
        backlog = await self._settled(side)
        for phase in ("warm", "counted"):
            _check_statuses(found[phase]["statuses"])
            side.letters.extend(found[phase]["letters"])
        counted, total = found["counted"], warm + count
        return Round(
            per_second=count / counted["seconds"],
            sustained=total / (found["warm"]["seconds"] + counted["seconds"] + backlog),
            p50_ms=percentile(counted["latencies_ms"], 0.50),
            p99_ms=percentile(counted["latencies_ms"], 0.99),
            cpu_ms=(machine.cpu_ms(side.pid) - cpu) / total,
            database_cpu_ms=(machine.cpu_ms(server) - database_cpu) / total,
            writes=(await self.look.writes() - writes) / total,
            backlog_s=backlog,
        )

    async def check(self, side: Side) -> None:
        """Every letter is kept, once. Raises: WrongOutcome."""
        kept = await self.look.ids(side.database, "letters")
        _compare(f"{side.database}.letters", kept, side.letters)

    async def told(self, side: Side) -> Measure:
        """How often each letter's event is on the topic: at least once. Raises: WrongOutcome."""
        found = await topics.records(topics.bus_of(self._settings), [SUBMITTED.name])
        ids = [f"{SUBMITTED.name}/{letter}/1" for letter in side.letters]
        _compare(SUBMITTED.name, [name for _, _, name in found], ids)
        return Measure("intake.records", "records/letter", [found.total() / len(ids)])

    async def _load(
        self, side: Side, *, warm: int, count: int, per_second: float | None
    ) -> dict[str, Any]:
        """The load generator's report of one round, with a fresh token."""
        self._posted += 1
        run = f"{side.database}-{self._posted}"
        plan, result = self._directory / f"{run}.plan", self._directory / f"{run}.result"
        lines = CONNECTIONS if per_second is None else LINES
        asked = Plan(side.port, run, warm, count, lines, LOAD_WITHIN_S, per_second)
        plan.write_text(json.dumps(asdict(asked)))
        poster = child(
            "tests.bench.load", str(plan), str(result), settings={TOKEN: await self._token()}
        )
        return await answer(poster, self._log(run), place=machine.OTHERS, result=result)

    async def _token(self) -> str:
        async with httpx.AsyncClient() as client:
            found = await client.get(f"{url(self._stack.ports.issuer)}/token/{posts.WRITER}")
        return found.raise_for_status().text

    async def _settled(self, side: Side) -> float:
        """Seconds until nothing that was taken in is still to be sent. Raises: WrongOutcome."""
        unsent, began = {"unsent_since": {"$exists": True}}, time.monotonic()
        while (waited := time.monotonic() - began) < SETTLED_WITHIN_S:
            if not await self.look.count(side.database, "letters", where=unsent):
                return waited
            await asyncio.sleep(0.1)
        raise WrongOutcome(f"{side.database}: not all was sent within {SETTLED_WITHIN_S:.0f} s")

    def _log(self, name: str) -> Path:
        return self._directory / "logs" / f"{name}.log"


def _check_statuses(statuses: dict[str, int]) -> None:
    if statuses.keys() - {CREATED}:
        raise WrongOutcome(f"letters were not taken in: {statuses}")


def _compare(where: str, found: list[str], wanted: list[str]) -> None:
    lost, extra = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    if lost or extra:
        raise WrongOutcome(f"{where}: {lost.total()} lost, {extra.total()} too many")
