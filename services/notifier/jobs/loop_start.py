"""When do the loops begin? Once this process has read what was said while it was not there.

After a downtime it knows clocks as they were when it went. What it would fire and tell then may
have been stopped, paused or moved since: it reads on first, and nobody is told of what is over.
"""

import asyncio
from collections.abc import Callable

from shared.platform.app.retry import Loop

LOOK_S = 0.1
LONGEST_WAIT_S = 20.0
"""After this it begins all the same: what is due is proposed within a minute of its return."""


async def after_reading(
    has_read: Callable[[], bool], loop: Loop, *, longest_s: float = LONGEST_WAIT_S
) -> None:
    """Run `loop` once `has_read` holds, or after so many seconds without it."""
    clock = asyncio.get_running_loop().time
    until = clock() + longest_s
    while not has_read() and clock() < until:  # noqa: ASYNC110 - how far one has read nobody tells
        await asyncio.sleep(LOOK_S)
    await loop()
