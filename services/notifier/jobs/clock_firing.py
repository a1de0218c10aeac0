"""The loop that fires clocks: proposes each level to the router when its instant comes."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from services.notifier import store
from services.notifier.domain.clocks import due_levels
from services.notifier.domain.decide import Command
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.level_firing import FireClocks
from services.notifier.metrics import CLOCKS_FIRED, LAST_FIRING, LATENESS_SECONDS
from shared.kernel.errors import Refused
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.repair.passes import each
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)

Execute: TypeAlias = Callable[[IdempotentCommand[Command]], Awaitable[NotifierLetter]]
"""Decides and stores one command, as `CommandBus.execute` does."""


class ClockFiring:
    """Proposes each level to the router when its instant comes."""

    def __init__(self, share: store.Share, execute: Execute, *, now: Now, pause_s: float) -> None:
        self._share = share
        self._execute = execute
        self._now = now
        self._pause_s = pause_s

    async def run(self) -> None:
        """Fire until cancelled; retry after a database fault or a lost race."""
        await run_periodically(
            self.fire, name="firing", pause_s=self._pause_s, page=store.MOST_AT_ONCE
        )

    async def fire(self) -> int:
        """Fire one page of this replica's due letters; return how many were done.

        Raises: DatabaseFault, TooManyRaces.
        """
        now = self._now()
        found = await store.to_fire(self._share, now)
        firsts = {due.repeats for due in found if due.repeats}
        called = {
            first: await store.called_about(self._share.letters, first, now=now) for first in firsts
        }
        done = await each({due.letter: self._propose(due, called, now) for due in found})
        if not self._share.is_urgent:
            LAST_FIRING.set(now.timestamp())
        return done

    async def _propose(
        self, due: store.DueLetter, called: Mapping[str, str | None], now: datetime
    ) -> None:
        """Fire the letter's clocks, with the name of its first due level as idempotency key.

        `called`: for the first of a writer's diversions, the one that the desk is called about.
        """
        levels = due_levels(due.clocks, now)
        is_repeat = due.repeats is not None and called[due.repeats] != due.letter
        command = FireClocks(now, is_repeat=is_repeat)
        try:
            await self._execute(IdempotentCommand(due.letter, command, f"fire:{levels[0].name}"))
        except Refused as no:
            LOG.info("not fired", extra={"letter": due.letter, "code": no.code})
            return
        for level in levels:
            CLOCKS_FIRED.labels(level.clock, level.level).inc()
            LATENESS_SECONDS.observe(max(0.0, (self._now() - level.at).total_seconds()))
