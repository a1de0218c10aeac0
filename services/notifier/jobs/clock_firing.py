"""Whose level is reached? Each is proposed to the router when its instant comes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from services.notifier import store
from services.notifier.domain import FireClocks, due_levels
from services.notifier.jobs.passes import Tell, each
from services.notifier.metrics import CLOCKS_FIRED, LAST_FIRING, LATENESS_SECONDS
from shared.kernel.errors import Refused
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)


class Firing:
    """Proposes each level to the router when its instant comes."""

    def __init__(self, share: store.Share, tell: Tell, *, now: Now, pause_s: float) -> None:
        self._share = share
        self._tell = tell
        self._now = now
        self._pause_s = pause_s

    async def run(self) -> None:
        """Fire until cancelled; a failing database or a lost race is tried again."""
        await run_periodically(
            self.fire, name="firing", pause_s=self._pause_s, page=store.MOST_AT_ONCE
        )

    async def fire(self) -> int:
        """Propose what is due now and ours to propose, one page of it; the letters done with.

        Raises: DatabaseFault, TooManyRaces.
        """
        now = self._now()
        found = await store.to_fire(self._share, now)
        firsts = {one.repeats for one in found if one.repeats}
        called = {
            one: await store.called_about(self._share.letters, one, now=now) for one in firsts
        }
        done = await each({one.letter: self._propose(one, called, now) for one in found})
        if not self._share.is_urgent:
            LAST_FIRING.set(now.timestamp())
        return done

    async def _propose(
        self, due: store.Due, called: Mapping[str, str | None], now: datetime
    ) -> None:
        """Tell the letter to fire, under the name of its first due level.

        `called`: by the first of a writer's diversions, the one that the desk is called about.
        """
        levels = due_levels(due.clocks, now)
        is_repeat = due.repeats is not None and called[due.repeats] != due.letter
        command = FireClocks(now, is_repeat=is_repeat)
        try:
            await self._tell(IdempotentCommand(due.letter, command, f"fire:{levels[0].name}"))
        except Refused as no:
            LOG.info("not fired", extra={"letter": due.letter, "code": no.code})
            return
        for level in levels:
            CLOCKS_FIRED.labels(level.clock, level.level).inc()
            LATENESS_SECONDS.observe(max(0.0, (self._now() - level.at).total_seconds()))
