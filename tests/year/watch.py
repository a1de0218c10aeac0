"""The notifier's replicas, their partitions, and the gateway that takes messages."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import httpx

from services.notifier import store
from services.notifier.domain.quiet_hours import QuietHours
from services.notifier.jobs.clock_firing import ClockFiring
from services.notifier.jobs.message_delivery import MessageDelivery
from services.notifier.jobs.message_gateway import MessageGateway
from shared.contracts.topics import DEADLINES, PROGRESS
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.runtime import data_files
from tests.notifier.working import ADDRESSES
from tests.support.broker import partitions_of
from tests.support.doubles import Clock
from tests.year.processes import House, Process

AGAIN = timedelta(seconds=10)
"""Until it is checked again whether another replica's abandoned work is ours."""


@dataclass(frozen=True)
class Message:
    """One message as it came to the gateway."""

    at: datetime
    key: str
    to: str
    text: str
    is_taken: bool
    is_answered: bool = True
    """Whether the sender got the acknowledgement."""


@dataclass
class Phone:
    """A gateway that takes most messages at once."""

    now: Clock
    lot: Random
    messages: list[Message] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """One message: taken, put off, or the line breaks once it was taken."""
        said = json.loads(request.content)
        chance = self.lot.random()
        is_taken, is_lost = chance >= 0.02, 0.02 <= chance < 0.025
        key = request.headers["idempotency-key"]
        to = f"{said['channel']}:{said['to']}"
        one = Message(self.now(), key, to, said["text"], is_taken, is_answered=not is_lost)
        self.messages.append(one)
        if is_lost:
            raise httpx.ReadTimeout("the answer got lost")
        return httpx.Response(202 if is_taken else 503)


@dataclass(frozen=True)
class Pass:
    """One pass over what was due: where the topic's partitions ended before and after it."""

    at: datetime
    before: tuple[int, ...]
    after: tuple[int, ...]


PROPOSALS = partitions_of([DEADLINES.name])


class Replica:
    """One process of the notifier, with its loops."""

    def __init__(self, house: House, phone: Phone, *, lag: timedelta = timedelta()) -> None:
        """`lag`: a delay, to plant a fault."""
        self.process = Process(house)
        self.may_go = asyncio.Event()
        """Cleared while it is suspended: its next message goes out when it resumes."""
        self.may_go.set()
        self.frozen: asyncio.Task[int] | None = None
        self.passes: list[Pass] = []
        shell, now = self.process.shell, house.now
        share = store.Share(shell.documents, partial(shell.holds, topic=PROGRESS.name))
        lanes = (share, replace(share, is_urgent=True))
        self.firing, self.firing_calls = (
            ClockFiring(lane, self._tell, now=lambda: now() - lag, pause_s=1) for lane in lanes
        )
        client = httpx.AsyncClient(
            transport=httpx.MockTransport(phone), base_url="https://gateway.example"
        )
        gateway = MessageGateway(
            client,
            data_files.offices(),
            addresses=ADDRESSES,
            quiet=QuietHours(),
            now=now,
        )
        self.deliverings = [
            MessageDelivery(
                lane,
                shell.letters.state,
                execute=self._tell,
                gateway=gateway,
                now=now,
                pause_s=1,
            )
            for lane in lanes
        ]

    async def work(self) -> int:
        """Run all of its loops once; returns the number of letters."""
        count = await self.fire()
        for delivering in self.deliverings:
            count += await self._often(delivering.deliver)
        return count

    async def fire(self) -> int:
        """Propose all that is due, and note what that has put on the topic."""
        before = self._ends()
        count = await self._often(self.firing.fire) + await self._often(self.firing_calls.fire)
        if count:
            self.passes.append(Pass(self.process.house.now(), before, self._ends()))
        return count

    def freeze(self) -> None:
        """Suspend it in the middle of a pass over what is due."""
        self.may_go.clear()
        self.frozen = asyncio.create_task(self.firing.fire())

    async def go_on(self) -> None:
        """Finish that pass, as if no time had passed."""
        self.may_go.set()
        if self.frozen is not None:
            await self.frozen
            self.frozen = None
            await self.process.quiet()

    async def die(self) -> None:
        """End at once."""
        self.may_go.set()
        if self.frozen is not None:
            self.frozen.cancel()
        await self.process.die()

    async def _often(self, work: Callable[[], Awaitable[int]]) -> int:
        """Page after page; for how many letters that was."""
        count, done = 0, store.MOST_AT_ONCE
        while done >= store.MOST_AT_ONCE:
            done = await work()
            await self.process.quiet()
            count += done
        return count

    def _ends(self) -> tuple[int, ...]:
        group = self.process.house.broker
        return tuple(len(group.standing.get(at, ())) for at in PROPOSALS)

    async def _tell(self, told: IdempotentCommand[Any]) -> Any:
        await self.may_go.wait()
        return await self.process.shell.commands.execute(told)
