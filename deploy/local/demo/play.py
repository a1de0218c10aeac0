"""The main loop of a real-time demo: writers and staff take turns until every letter has ended."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from deploy.local.demo.diary import AtOnce
from deploy.local.demo.http_client import Faces
from deploy.local.demo.letters import DemoLetter
from deploy.local.demo.run import DemoRun
from deploy.local.demo.staff import Staff
from deploy.local.demo.writers import Writers
from shared.platform.runtime.clock import utc_now

LOOK_EVERY_S = 1.2
PUBLISH_WITHIN_S = 8.0
"""How long editors wait for drafts once every letter has ended: not every letter gets one."""

Report = Callable[[DemoRun], None]


class DemoPeople:
    """The people of one run; the bureaus' simulation acts by itself."""

    def __init__(
        self, faces: Faces, run: DemoRun, *, letters: Sequence[DemoLetter], most_published: int
    ) -> None:
        self._run = run
        diary = AtOnce()
        self._writers = Writers(faces, run, letters=letters, diary=diary)
        self._staff = Staff(faces, run, diary=diary, now=utc_now, most_published=most_published)
        self._settled_at: float | None = None

    async def follow(self, report: Report, *, patience: timedelta) -> None:
        """Act for everyone until all letters have ended and been rated, or `patience` is over.

        Raises: DemoFailed.
        """
        until = time.monotonic() + patience.total_seconds()
        writing = asyncio.create_task(self._writers.write())
        try:
            while not (writing.done() and self._is_over()) and time.monotonic() < until:
                if writing.done():
                    writing.result()
                await self._writers.look()
                await self._writers.act()
                await self._staff.act()
                report(self._run)
                await asyncio.sleep(LOOK_EVERY_S)
            if writing.done():
                writing.result()
        finally:
            writing.cancel()
            await asyncio.wait({writing})
        await self._writers.read_all()
        report(self._run)

    def _is_over(self) -> bool:
        """Return whether all posted letters have ended and been rated, and enough are published."""
        if not self._writers.have_settled():
            self._settled_at = None
            return False
        self._settled_at = self._settled_at or time.monotonic()
        return self._staff.is_out or time.monotonic() - self._settled_at > PUBLISH_WITHIN_S
