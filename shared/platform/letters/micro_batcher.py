"""A batcher: items that wait at the same moment share one call, and each gets its own answer.

The next group gathers while a call runs: a busy process forms larger groups, an idle one no delay.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from shared.kernel.errors import Refused

T = TypeVar("T")
R = TypeVar("R")

MOST_AT_ONCE = 200
MOST_WAITING = 2_000


class Busy(Refused):
    """Too many items wait, or this process is ending; the caller may try again shortly.

    Work that was under way may still have been done; trying again under the same id is safe.
    """

    status = 503
    code = "busy"


class MicroBatcher(Generic[T, R]):
    """Batches one kind of work. `work` returns an answer or exception for each item, in order."""

    def __init__(self, work: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]]) -> None:
        self._work = work
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._arrived = asyncio.Event()
        self._is_over = False

    async def submit(self, item: T) -> R:
        """Return the answer to `item`. Raises: Busy; the work's exception for this item."""
        return await self.enqueue(item)

    def enqueue(self, item: T) -> asyncio.Future[R]:
        """The future answer to `item`; it may be cancelled. Raises: Busy."""
        if self._is_over or len(self._waiting) >= MOST_WAITING:
            raise Busy
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        self._arrived.set()
        return answer

    async def run(self) -> None:
        """Work until cancelled; items waiting then are processed, later ones refused as Busy."""
        try:
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                await self._do_waiting()
        finally:
            self._is_over = True
            try:
                await self._do_waiting()
            finally:
                _answer(self._waiting, [Busy() for _ in self._waiting])

    async def _do_waiting(self) -> None:
        while self._waiting:
            group = self._waiting[:MOST_AT_ONCE]
            del self._waiting[:MOST_AT_ONCE]
            await self._do_group(group)

    async def _do_group(self, group: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        answers: Sequence[R | Exception] = [Busy() for _ in group]
        try:
            answers = await self._work([item for item, _ in group])
        except Exception as fault:  # noqa: BLE001 - handed to each waiting caller
            answers = [fault] * len(group)
        finally:
            _answer(group, answers)


def _answer(group: Sequence[tuple[T, asyncio.Future[R]]], answers: Sequence[R | Exception]) -> None:
    for (_, waiting), answer in zip(group, answers, strict=True):
        if waiting.done():
            continue
        if isinstance(answer, Exception):
            waiting.set_exception(answer)
        else:
            waiting.set_result(answer)
