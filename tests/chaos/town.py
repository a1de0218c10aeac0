"""A stack with people who use it, the run without failures, and the comparison with it."""

import asyncio
import logging
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from deploy.local.stack.plan import SERVICES
from deploy.local.stack.ports import Ports, free_ports
from tests.chaos import comparing
from tests.chaos.evidence import Ending, Witness, witness
from tests.chaos.people import HASTY, KINDS, People, Written
from tests.chaos.processes import NotReached, Processes, processes

LOG = logging.getLogger(__name__)

AT_ONCE = {
    "MAILBOX_BUREAUS_ACCEPT_S": "0.05",
    "MAILBOX_BUREAUS_REPLY_S": "0.1",
    "MAILBOX_BUREAUS_MIX": "plain",
}
"""Bureaus that need hardly any time, and only accept and answer letters."""
SEED = os.environ.get("CHAOS_SEED", "1")
"""Changes the order of letters, and at which passing of a step a process dies."""
DAYS = 60
MOST_WAVES = 4
SETTLE_S = 60.0
LAST_S = 15.0
LOOK_S = 0.3

Chains = Mapping[str, Sequence[str]]
"""For each service, the steps at which it dies, one after the other."""


class Town:
    """People who write letters to one mailbox, and the comparison of how they end."""

    def __init__(
        self, running: Processes, client: httpx.AsyncClient, *, seen: Witness, ports: Ports
    ) -> None:
        self.processes = running
        self.ports = ports
        self.people = People(ports, client)
        self.witness = seen
        self.letters: list[Written] = []
        self.ideal: dict[str, Ending] = {}
        """How a letter of each kind ends without failures."""
        self.deaths = 0
        self._waves = 0

    async def wave(self, *, luck: random.Random, kinds: Sequence[str] = KINDS) -> None:
        """One letter of each kind, all at once, from its writing to its end."""
        self._waves += 1
        letters = [Written(f"chaos-{self._waves:03d}-{kind}", kind) for kind in kinds]
        luck.shuffle(letters)
        self.letters += letters
        await asyncio.gather(*map(self.people.live, letters))
        await self._have_been_heard_of(letters)
        self.processes.pass_days(DAYS)
        await asyncio.gather(*map(self.people.outlive, letters))
        self.processes.pass_days(0)

    async def learn(self, *, luck: random.Random) -> None:
        """Run one wave without failures, as the standard for later ones."""
        await self.wave(luck=luck)
        await self.hasty()
        await self.processes.start("router")
        self.ideal |= await comparing.settled(self.witness, self.people, self.letters)

    async def hasty(self) -> Written:
        """A letter that was withdrawn before the router could read it; the router is stopped now.

        Its end depends on no race.
        """
        self._waves += 1
        letter = Written(f"chaos-{self._waves:03d}-{HASTY}", HASTY)
        self.letters.append(letter)
        await self.processes.stop("router")
        await self.people.write(letter)
        await self.people.withdraw(letter)
        return letter

    async def loses_broker(self, chain: Sequence[str], *, luck: random.Random) -> None:
        """The broker dies with letters under way; all services die at `chain` as they come back."""
        since = len(self.letters)
        living = asyncio.create_task(self.wave(luck=luck))
        try:
            await asyncio.sleep(0)
            await asyncio.gather(*map(self.people.has_number, self.letters[since:]))
            await self.processes.lose_broker()
            for name in SERVICES:
                self.processes.fuse(name).arm(chain[0])
            await self.processes.launch(*SERVICES)
            await asyncio.gather(*(self.reap(name, chain) for name in SERVICES))
            await living
        finally:
            living.cancel()
            await asyncio.wait({living})
        await self.ends_as_ideal(self.letters)

    async def crash(self, chains: Chains, *, luck: random.Random) -> None:
        """Run waves of letters until every process has died at each of its steps.

        Raises: NotReached; AssertionError, when a letter ended differently from the run without
        failures.
        """
        since = len(self.letters)
        for name, (first, *_) in chains.items():
            self.processes.fuse(name).arm(first, passes=luck.randint(1, 2))
        reaping = [asyncio.create_task(self.reap(name, chain)) for name, chain in chains.items()]
        try:
            for _ in range(MOST_WAVES):
                await _unless_failed(self.wave(luck=luck), reaping)
                if all(task.done() for task in reaping):
                    break
            await self._reaped(chains, reaping)
        finally:
            for task in reaping:
                task.cancel()
            await asyncio.wait(reaping)
        await self.ends_as_ideal(self.letters[since:])

    async def freezes(self, name: str, step: str, *, luck: random.Random) -> None:
        """Waves of letters live to their ends although the service is frozen from `step` on.

        Raises: NotReached.
        """
        fuse = self.processes.fuse(name)
        fuse.arm(step, passes=luck.randint(1, 2), by=signal.SIGSTOP)
        for _ in range(MOST_WAVES):
            await self.wave(luck=luck)
            if fuse.blown_at == step:
                return
        raise NotReached(f"{name} never came to {step!r}")

    async def reap(self, name: str, chain: Sequence[str]) -> None:
        """Wait for each death of the service and restart it. Raises: NotReached."""
        for step, following in zip(chain, [*chain[1:], None], strict=True):
            await self.processes.dies_at(name, step)
            self.deaths += 1
            if following is None:
                await self.processes.start(name)
            else:
                self.processes.fuse(name).arm(following)
                await self.processes.launch(name)

    async def ends_as_ideal(self, letters: Sequence[Written]) -> None:
        """Raises: AssertionError, when letters end differently from the run without failures."""
        await comparing.ends_alike(self.witness, self.people, letters, ideal=self.ideal)

    async def _have_been_heard_of(self, letters: Sequence[Written]) -> None:
        """Return when the notifier has the router's events; otherwise it would fire old clocks."""
        until = time.monotonic() + SETTLE_S
        while await self.witness.is_behind("notifier", "router", "progress", letters):
            assert time.monotonic() < until, "the notifier stays behind the router"
            await asyncio.sleep(LOOK_S)

    async def _reaped(self, chains: Chains, reaping: Sequence[asyncio.Task[None]]) -> None:
        await asyncio.wait(reaping, timeout=LAST_S)
        for (name, chain), task in zip(chains.items(), reaping, strict=True):
            if not task.done():
                raise NotReached(f"{name} never came to all of {list(chain)}")
            task.result()


@asynccontextmanager
async def town(folder: Path, *, settings: Mapping[str, str] | None = None) -> AsyncIterator[Town]:
    """A town on a stack of its own. `settings`: environment variables for all of it."""
    ports = free_ports()
    async with (
        processes(folder, ports=ports, settings={**AT_ONCE, **(settings or {})}) as running,
        httpx.AsyncClient(timeout=10) as client,
        witness(running.environment) as seen,
    ):
        yield Town(running, client, seen=seen, ports=ports)


def luck_of(name: str) -> random.Random:
    """The random choices of the test `name`, the same for the same seed."""
    return random.Random(f"{SEED}/{name}")  # noqa: S311 - an order of events, no secret


async def _unless_failed(work: Any, others: Sequence[asyncio.Task[None]]) -> None:
    """Do `work`, or raise the error of one of `others`."""
    task = asyncio.create_task(work)
    try:
        waiting = {task, *others}
        while not task.done():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
    finally:
        task.cancel()
        await asyncio.wait({task})
