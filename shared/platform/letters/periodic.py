"""Periodic loops of a service that survive failures of database and broker."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Never

from shared.platform.kafka.bus import BusFault
from shared.platform.letters.letters import TooManyRaces
from shared.platform.mongo.database import DatabaseFault

LOG = logging.getLogger(__name__)


async def run_periodically(
    work: Callable[[], Awaitable[int | None]],
    *,
    name: str,
    pause_s: float | Callable[[float], float],
    retry_s: float | None = None,
    page: int | None = None,
) -> Never:
    """Call `work` until cancelled; failures of database or broker are logged with `name`.

    `pause_s`: delay between runs in seconds, or a function of the last run's duration. `retry_s`:
    delay after a failed run, if different. `page`: if a run returned at least this many, the next
    starts at once, since more may wait.
    """
    clock = asyncio.get_running_loop().time
    while True:
        began, found, after_s = clock(), None, pause_s
        try:
            found = await work()
        except (BusFault, DatabaseFault, TooManyRaces) as fault:
            LOG.warning("loop failed", extra={"loop": name, "fault": type(fault).__name__})
            after_s = pause_s if retry_s is None else retry_s
        if page is None or found is None or found < page:
            await asyncio.sleep(after_s(clock() - began) if callable(after_s) else after_s)
