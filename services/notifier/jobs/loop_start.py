"""Start of the loops: after the process has read the events of its downtime.

Until then it knows clocks as they were before the downtime. They may have been stopped, paused or
moved since, so it reads first, and nobody is notified of what is over.
"""

import asyncio
from collections.abc import Callable

from shared.platform.app.retry import Loop

LOOK_S = 0.1
LONGEST_WAIT_S = 20.0
"""Then the loops begin in any case: due levels are proposed within a minute of a restart."""


async def after_reading(
    has_read: Callable[[], bool], loop: Loop, *, longest_s: float = LONGEST_WAIT_S
) -> None:
    """Run `loop` once `has_read` holds, or after `longest_s` without it."""
    clock = asyncio.get_running_loop().time
    until = clock() + longest_s
    while not has_read() and clock() < until:  # noqa: ASYNC110 - the consumer has no event for it
        await asyncio.sleep(LOOK_S)
    await loop()
