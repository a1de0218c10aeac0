"""Doubles whose every operation waits until the test lets it happen, and decides how it ends.

A test, or hypothesis, thereby chooses the order of the steps of several processes, and a process
can die between any two.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from aiokafka.errors import KafkaTimeoutError
from pymongo.errors import AutoReconnect
from typing_extensions import override

from shared.platform.kafka.bus import Outbound
from shared.platform.mongo.database import Operation, WriteResult
from tests.support.doubles import Memory, MemoryBus

Ending = Literal["done", "before", "after", "partly", "late"]
"""It succeeds; it fails with nothing, all or half of it done; or it takes effect later."""

MOST_TURNS = 100_000
QUIET_TURNS = 5
"""After this many turns without news, everything that a task is doing waits as well."""

_whole: ContextVar[asyncio.Task[Any] | None] = ContextVar("whole", default=None)
"""The task that the running one works for."""


async def whole(work: Coroutine[Any, Any, None]) -> None:
    """Run it, and count its subtasks as its own in `until_blocked`."""
    _whole.set(asyncio.current_task())
    await work


@dataclass(eq=False)
class Waiting:
    """An operation that waits for its turn."""

    process: int
    task: asyncio.Task[Any] | None
    ending: asyncio.Future[Ending]


@dataclass
class Gates:
    """All waiting operations, in order of arrival."""

    waiting: list[Waiting] = field(default_factory=list)

    async def enter(self, process: int) -> Ending:
        """Wait for this operation's turn; return how it ends."""
        task = _whole.get() or asyncio.current_task()
        mine = Waiting(process, task, asyncio.get_running_loop().create_future())
        self.waiting.append(mine)
        try:
            return await mine.ending
        finally:
            self.waiting.remove(mine)

    def let(self, one: Waiting, ending: Ending = "done") -> None:
        """Let it happen."""
        if not one.ending.done():
            one.ending.set_result(ending)

    async def until_blocked(self, tasks: Sequence[asyncio.Task[Any]]) -> None:
        """Return when each of these is done or waits for a turn, and nothing else comes."""
        quiet, before = 0, list[Waiting]()
        for _ in range(MOST_TURNS):
            blocked = {one.task for one in self.waiting if not one.ending.done()}
            is_still = all(task.done() or task in blocked for task in tasks)
            quiet = quiet + 1 if is_still and before == self.waiting else 0
            if quiet >= QUIET_TURNS:
                return
            before = [*self.waiting]
            await asyncio.sleep(0)
        raise AssertionError("a task neither ends nor asks for anything")


class GatedCollection(Memory):
    """One process's view of a shared collection."""

    def __init__(self, shared: Memory, gates: Gates, *, process: int) -> None:
        super().__init__()
        self.kept = shared.kept
        self._gates = gates
        self._process = process

    @override
    async def write(self, operations: Sequence[Operation]) -> WriteResult:
        if not operations:
            return WriteResult(0, frozenset())
        ending = await self._gates.enter(self._process)
        if ending == "before":
            raise AutoReconnect("the database went away")
        written = self._apply(operations[::2] if ending == "partly" else operations)
        if ending != "done":
            raise AutoReconnect("the answer got lost")
        return written

    @override
    async def _before_read(self, where: Mapping[str, Any]) -> None:
        if await self._gates.enter(self._process) != "done":
            raise AutoReconnect("the database went away")
        await super()._before_read(where)


class GatedBus(MemoryBus):
    """One process's connection to a shared broker."""

    def __init__(
        self, shared: MemoryBus, gates: Gates, late: list[Outbound], *, process: int
    ) -> None:
        """`late`: records that reach their topic later."""
        super().__init__()
        self.topics = shared.topics
        self._gates = gates
        self._late = late
        self._process = process

    @override
    async def send(self, records: Sequence[Outbound]) -> list[BaseException | None]:
        ending = await self._gates.enter(self._process)
        return [self._end(record, at, ending) for at, record in enumerate(records)]

    def _end(self, record: Outbound, at: int, ending: Ending) -> BaseException | None:
        is_taken = ending in {"done", "after"} or (ending == "partly" and at % 2 == 0)
        if is_taken:
            self.topics.setdefault(record.topic, []).append(record)
        elif ending == "late":
            self._late.append(record)
        is_known = ending == "done" or (ending == "partly" and is_taken)
        return None if is_known else KafkaTimeoutError()
