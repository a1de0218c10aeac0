"""How a test waits for something that says nothing when it comes to be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], object], *, within_s: float = 5.0) -> None:
    """Return when it holds. Raises: TimeoutError."""
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110 - what is waited for sets no event
            await asyncio.sleep(0.002)


async def until_true(ask: Callable[[], Awaitable[object]], *, within_s: float = 5.0) -> None:
    """Return when the answer is true. Raises: TimeoutError."""
    async with asyncio.timeout(within_s):
        while not await ask():  # noqa: ASYNC110 - what is asked for sets no event
            await asyncio.sleep(0.02)
