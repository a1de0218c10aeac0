"""Who must be told? Messages are tried until the gateway has taken or refused them, or they end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import SystemRandom

from services.notifier import store
from services.notifier.domain import (
    CallNextLevel,
    Delivery,
    GiveUpDelivery,
    HoldDelivery,
    Letter,
    NoteDelivered,
    Outcome,
    PostponeDelivery,
    RefuseDelivery,
)
from services.notifier.jobs.message_gateway import Answer, Gateway
from services.notifier.jobs.passes import Tell, each
from services.notifier.metrics import DELIVERIES, OLDEST_UNDELIVERED, REFUSED
from shared.kernel.errors import Refused
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_PAUSE_OF_CALLS = timedelta(seconds=30)
MOST_ATTEMPTS_AT_ONCE = 8
LOT = SystemRandom()

StateOf = Callable[[str], Awaitable[Letter | None]]


class Delivering:
    """Delivers what is queued, again and again until the gateway has taken or refused it.

    A message to a writer or a desk is given up after its lifetime. A call to the duty desk isn't:
    it is repeated until it was made or somebody has seen what it is about.
    """

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
        await run_periodically(
            self.deliver, name="delivering", pause_s=self._pause_s, page=store.MOST_AT_ONCE
        )

    async def deliver(self) -> int:
        """Try what is due now and ours to tell, one page of it; the letters done with.

        Raises: DatabaseFault, TooManyRaces.
        """
        now = self._now()
        found = [] if self._rests else await store.to_deliver(self._share, now)
        done = await each({letter: self._of_letter(letter, now) for letter in found})
        oldest = await store.waiting_since(self._share.letters, self._now())
        OLDEST_UNDELIVERED.set((self._now() - oldest).total_seconds() if oldest else 0.0)
        return done

    @property
    def _rests(self) -> bool:
        """Whether the gateway asked to be left alone, though calls to the duty desk go on."""
        return self._gateway.is_resting and not self._share.is_urgent

    async def _of_letter(self, letter: str, now: datetime) -> None:
        async with self._at_once:
            if self._rests:
                return
            state = await self._state_of(letter)
            for delivery in state.waiting if state else ():
                if state and delivery.try_at <= now:
                    outcome = await self._attempt(letter, state, delivery)
                    await self._note(letter, outcome, delivery)

    async def _attempt(self, letter: str, state: Letter, delivery: Delivery) -> Outcome:
        if (until := self._gateway.held_until(delivery)) is not None:
            return HoldDelivery(delivery.id, until)
        answers = await self._gateway.send(letter, state, delivery=delivery)
        judge = outcome_of_call if delivery.message == "page" else outcome
        return judge(delivery, answers, now=self._now())

    async def _note(self, letter: str, outcome: Outcome, delivery: Delivery) -> None:
        """Keep how the attempt ended, once for each attempt, time and ending."""
        name = sha256(f"{delivery.id} {delivery.try_at}".encode()).hexdigest()[:24]
        kind = _kind(outcome)
        try:
            await self._tell(
                IdempotentCommand(letter, outcome, f"{kind}:{name}:{delivery.attempts}")
            )
        except Refused as no:
            LOG.warning("attempt not noted", extra={"letter": letter, "code": no.code})
            return
        DELIVERIES.labels(kind).inc()
        if isinstance(outcome, RefuseDelivery):
            REFUSED.labels(outcome.code).inc()


def outcome(delivery: Delivery, answers: Sequence[Answer], *, now: datetime) -> Outcome:
    """How an attempt ended: once nobody is to be tried again, it is enough that one was told."""
    unsettled = [one for one in answers if not one.is_taken and not one.is_refused]
    if unsettled and now < delivery.expires_at:
        return PostponeDelivery(delivery.id, _next_attempt(delivery, unsettled, now=now))
    if any(one.is_taken for one in answers):
        return NoteDelivered(delivery.id)
    if unsettled:
        return GiveUpDelivery(delivery.id, now, _code(unsettled))
    return RefuseDelivery(delivery.id, _code(answers))


def _next_attempt(delivery: Delivery, unsettled: Sequence[Answer], *, now: datetime) -> datetime:
    """After our own pause and not before the gateway wants it; the last when the message expires.

    Once the message has expired, it is tried no more, whatever the gateway wants.
    """
    wanted = [one.retry_at for one in unsettled if one.retry_at]
    return min(max([now + pause_after(delivery.attempts), *wanted]), delivery.expires_at)


def outcome_of_call(delivery: Delivery, answers: Sequence[Answer], *, now: datetime) -> Outcome:
    """How a call to the duty desk ended: made only when every officer's own call was taken.

    No `Retry-After` lets a call wait for longer than its own pause.
    """
    if answers and all(one.is_taken for one in answers):
        return NoteDelivered(delivery.id)
    until = now + pause_after(delivery.attempts, longest=LONGEST_PAUSE_OF_CALLS)
    refused = [one for one in answers if one.is_refused]
    if answers and not refused:
        return PostponeDelivery(delivery.id, until)
    LOG.warning("an officer can't be called", extra={"code": _code(refused)})
    return CallNextLevel(delivery.id, now, until)


def pause_after(
    attempts: int, *, longest: timedelta = LONGEST_PAUSE, share: Callable[[], float] = LOT.random
) -> timedelta:
    """How long to wait when it failed `attempts` times before: doubling, capped, half by lot."""
    pause = min(longest, FIRST_PAUSE * 2.0 ** min(attempts, 16))
    return pause * (0.5 + share() / 2)


def _code(answers: Sequence[Answer]) -> str:
    if not answers:
        return "no_channel"
    return str(answers[0].status or "unreachable")


def _kind(outcome: Outcome) -> str:
    match outcome:
        case NoteDelivered():
            return "delivered"
        case PostponeDelivery() | CallNextLevel():
            return "postponed"
        case HoldDelivery():
            return "held"
        case RefuseDelivery():
            return "refused"
        case GiveUpDelivery():
            return "given_up"
