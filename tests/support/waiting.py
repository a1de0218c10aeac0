"""Waiting for conditions that set no event; the test's time limit ends the wait."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], object]) -> None:
    """Return when the condition holds."""
    while not holds():  # noqa: ASYNC110 - what is waited for sets no event
        await asyncio.sleep(0.002)


async def until_true(ask: Callable[[], Awaitable[object]]) -> None:
    """Return when the answer is true."""
    while not await ask():  # noqa: ASYNC110 - what is asked for sets no event
        await asyncio.sleep(0.02)


def wait_until(holds: Callable[[], object]) -> None:
    """Return when the condition holds, for tests without a loop."""
    while not holds():
        time.sleep(0.05)
