"""Concurrent calls share one execution, and each gets its own result."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from shared.platform.letters.micro_batcher import MOST_AT_ONCE, MOST_WAITING, Busy, MicroBatcher
from tests.support.waiting import until


class Work:
    """Doubles numbers; refuses odd ones; waits on request."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.may_go = asyncio.Event()
        self.may_go.set()
        self.fault: Exception | None = None

    async def __call__(self, group: Sequence[int]) -> Sequence[int | Exception]:
        self.groups.append(list(group))
        await self.may_go.wait()
        if self.fault:
            raise self.fault
        return [ValueError(str(one)) if one % 2 else one * 2 for one in group]


@asynccontextmanager
async def running(work: Work) -> AsyncIterator[MicroBatcher[int, int]]:
    grouped: MicroBatcher[int, int] = MicroBatcher(work)
    task = asyncio.create_task(grouped.run())
    try:
        yield grouped
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_those_that_wait_together_share_one_call() -> None:
    work = Work()
    async with running(work) as grouped:
        answers = await asyncio.gather(*(grouped.submit(number) for number in (2, 4, 6)))
    assert answers == [4, 8, 12]
    assert work.groups == [[2, 4, 6]]


async def test_the_next_group_gathers_while_one_is_under_way() -> None:
    work = Work()
    work.may_go.clear()
    async with running(work) as grouped:
        first = asyncio.create_task(grouped.submit(2))
        await asyncio.sleep(0.01)
        later = [asyncio.create_task(grouped.submit(number)) for number in (4, 6)]
        await asyncio.sleep(0.01)
        work.may_go.set()
        assert await asyncio.gather(first, *later) == [4, 8, 12]
    assert work.groups == [[2], [4, 6]]


async def test_a_group_has_its_limit() -> None:
    work = Work()
    async with running(work) as grouped:
        await asyncio.gather(*(grouped.submit(2) for _ in range(MOST_AT_ONCE + 1)))
    assert [len(group) for group in work.groups] == [MOST_AT_ONCE, 1]


async def test_an_answer_that_is_an_exception_is_raised_for_its_own_item() -> None:
    async with running(Work()) as grouped:
        answers = await asyncio.gather(grouped.submit(2), grouped.submit(3), return_exceptions=True)
    assert answers[0] == 4
    assert isinstance(answers[1], ValueError)


async def test_a_fault_is_everyones_and_the_next_group_is_served() -> None:
    work = Work()
    work.fault = OSError("away")
    async with running(work) as grouped:
        faults = await asyncio.gather(grouped.submit(2), grouped.submit(4), return_exceptions=True)
        assert [type(fault) for fault in faults] == [OSError, OSError]
        work.fault = None
        assert await grouped.submit(2) == 4


async def test_whoever_gave_up_waiting_hurts_nobody() -> None:
    work = Work()
    work.may_go.clear()
    async with running(work) as grouped:
        leaving = asyncio.create_task(grouped.submit(2))
        staying = asyncio.create_task(grouped.submit(4))
        await asyncio.sleep(0.01)
        leaving.cancel()
        await asyncio.sleep(0)
        work.may_go.set()
        assert await staying == 8


async def test_too_many_waiting_are_turned_away() -> None:
    grouped: MicroBatcher[int, int] = MicroBatcher(Work())
    waiting = [asyncio.create_task(grouped.submit(2)) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await grouped.submit(2)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_waits_at_the_end_is_still_done() -> None:
    work = Work()
    grouped: MicroBatcher[int, int] = MicroBatcher(work)
    running_task = asyncio.create_task(grouped.run())
    await asyncio.sleep(0)
    asking = asyncio.create_task(grouped.submit(2))
    await asyncio.sleep(0)
    running_task.cancel()
    assert await asking == 4
    await asyncio.gather(running_task, return_exceptions=True)


async def test_whoever_waits_for_work_that_is_cut_off_is_told() -> None:
    work = Work()
    work.may_go.clear()
    async with running(work) as grouped:
        asking = asyncio.create_task(grouped.submit(2))
        await asyncio.sleep(0.01)
    with pytest.raises(Busy):
        await asyncio.wait_for(asking, 1)


async def test_whoever_is_still_in_the_queue_when_the_end_is_cut_off_is_told() -> None:
    work = Work()
    work.may_go.clear()
    grouped: MicroBatcher[int, int] = MicroBatcher(work)
    task = asyncio.create_task(grouped.run())
    asking = [asyncio.create_task(grouped.submit(2)) for _ in range(2 * MOST_AT_ONCE + 5)]
    await until(lambda: work.groups)
    for _ in range(2):  # the first ends the loop, the second is the loop's last action
        task.cancel()
        await asyncio.sleep(0)
    answers = await asyncio.wait_for(asyncio.gather(*asking, return_exceptions=True), 1)
    assert {type(answer) for answer in answers} == {Busy}
    await asyncio.gather(task, return_exceptions=True)


async def test_whoever_comes_after_the_end_is_told_at_once() -> None:
    async with running(Work()) as grouped:
        await grouped.submit(2)
    with pytest.raises(Busy):
        await asyncio.wait_for(grouped.submit(2), 1)
