"""Loops begin after the backlog is read, or after a limit."""

import asyncio

from services.notifier.jobs.loop_start import after_reading


async def test_a_loop_begins_once_all_is_read() -> None:
    has_read, has_begun = asyncio.Event(), asyncio.Event()

    async def loop() -> None:
        assert has_read.is_set()
        has_begun.set()

    beginning = asyncio.create_task(after_reading(has_read.is_set, loop))
    await asyncio.sleep(0.01)
    assert not has_begun.is_set()
    has_read.set()
    async with asyncio.timeout(5):
        await beginning
    assert has_begun.is_set()


async def test_a_loop_begins_after_a_limit_if_reading_takes_too_long() -> None:
    begun: list[bool] = []

    async def loop() -> None:
        begun.append(True)

    async with asyncio.timeout(5):
        await after_reading(lambda: False, loop, longest_s=0.01)
    assert begun
