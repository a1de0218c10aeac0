"""Waiting at the start until broker, database and topics are available."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    RetryError,
    retry_if_exception_type,
    wait_random_exponential,
)

from shared.platform.kafka.bus import BusFault
from shared.platform.mongo.database import DatabaseFault
from shared.platform.repair.incarnations import TopicsMissing

LOG = logging.getLogger(__name__)

LONGEST_PAUSE_S = 5.0

T = TypeVar("T")

Loop = Callable[[], Awaitable[None]]


async def retry_until_available(
    work: Callable[[], Awaitable[T]], stopping: asyncio.Event
) -> T | None:
    """Retry `work` until broker, database and topics are available; None if stopped first."""

    async def rest(seconds: float) -> None:
        await first_of(stopping, seconds=seconds)

    if stopping.is_set():
        return None
    try:
        return await AsyncRetrying(
            retry=retry_if_exception_type((BusFault, DatabaseFault, TopicsMissing)),
            wait=wait_random_exponential(multiplier=0.1, max=LONGEST_PAUSE_S),
            stop=lambda _: stopping.is_set(),
            sleep=rest,
            before_sleep=_note_failure,
        )(work)
    except RetryError:
        return None


def _note_failure(state: RetryCallState) -> None:
    fault = state.outcome.exception() if state.outcome else None
    LOG.warning("not consuming yet", extra={"fault": type(fault).__name__})


async def endless(loop: Loop) -> None:
    """Run a loop that must never end by itself."""
    await loop()
    raise RuntimeError(f"{getattr(loop, '__qualname__', 'a loop')} ended")


async def first_of(*events: asyncio.Event, seconds: float) -> None:
    """Return when one of `events` is set, or after `seconds`."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
