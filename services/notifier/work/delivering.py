"""Who must be told? Messages are tried until the gateway has taken or refused them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import SystemRandom

from services.notifier import store
from services.notifier.domain import (
    Delivery,
    Letter,
    NoteDelivered,
    Outcome,
    PostponeDelivery,
    RefuseDelivery,
)
from services.notifier.metrics import DELIVERIES, OLDEST_UNDELIVERED, REFUSED
from services.notifier.work.gateway import Gateway, NoChannel, is_refused, is_taken
from services.notifier.work.passes import Tell, each
from shared.kernel.errors import Refused
from shared.platform.clock import Now
from shared.platform.looping import repeat
from shared.platform.rules import Told

LOG = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)
MOST_ATTEMPTS_AT_ONCE = 8
LOT = SystemRandom()

StateOf = Callable[[str], Awaitable[Letter | None]]


class Delivering:
    """Delivers what is queued, again and again until the gateway has taken or refused it."""

    def __init__(
        self,
        share: store.Share,
        state_of: StateOf,
        *,
        tell: Tell,
        gateway: Gateway,
        now: Now,
        pause_s: float,
    ) -> None:
        self._share = share
        self._state_of = state_of
        self._tell = tell
        self._gateway = gateway
        self._now = now
        self._pause_s = pause_s
        self._at_once = asyncio.Semaphore(MOST_ATTEMPTS_AT_ONCE)

    async def run(self) -> None:
        """Deliver until cancelled; a failing database or a lost race is tried again."""
        await repeat(
            self.deliver, name="delivering", pause_s=self._pause_s, page=store.MOST_AT_ONCE
        )

    async def deliver(self) -> int:
        """Try what is due now and ours to tell, one page of it; the letters done with.

        Raises: DatabaseFault, TooManyRaces.
        """
        now = self._now()
        found = await store.to_deliver(self._share, now)
        done = await each({letter: self._of_letter(letter, now) for letter in found})
        oldest = await store.waiting_since(self._share.letters, self._now())
        OLDEST_UNDELIVERED.set((self._now() - oldest).total_seconds() if oldest else 0.0)
        return done

    async def _of_letter(self, letter: str, now: datetime) -> None:
        async with self._at_once:
            state = await self._state_of(letter)
            for delivery in state.waiting if state else ():
                if state and delivery.try_at <= now:
                    outcome = await self._attempt(letter, state, delivery)
                    await self._note(letter, outcome, delivery)

    async def _attempt(self, letter: str, state: Letter, delivery: Delivery) -> Outcome:
        try:
            status = await self._gateway.send(letter, state, delivery=delivery)
        except NoChannel:
            return RefuseDelivery(delivery.id, "no_channel")
        if is_taken(status):
            return NoteDelivered(delivery.id)
        if is_refused(status):
            return RefuseDelivery(delivery.id, str(status))
        return PostponeDelivery(delivery.id, self._now() + pause_after(delivery.attempts))

    async def _note(self, letter: str, outcome: Outcome, delivery: Delivery) -> None:
        """Keep how the attempt ended, once for each attempt and ending."""
        name = sha256(delivery.id.encode()).hexdigest()[:24]
        kind = _kind(outcome)
        try:
            await self._tell(Told(letter, outcome, f"{kind}:{name}:{delivery.attempts}"))
        except Refused as no:
            LOG.warning("attempt not noted", extra={"letter": letter, "code": no.code})
            return
        DELIVERIES.labels(kind).inc()
        if isinstance(outcome, RefuseDelivery):
            REFUSED.labels(outcome.code).inc()


def pause_after(attempts: int, *, share: Callable[[], float] = LOT.random) -> timedelta:
    """How long to wait when it failed `attempts` times before: doubling, capped, half by lot."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempts, 16))
    return longest * (0.5 + share() / 2)


def _kind(outcome: Outcome) -> str:
    match outcome:
        case NoteDelivered():
            return "delivered"
        case PostponeDelivery():
            return "postponed"
        case RefuseDelivery():
            return "refused"
