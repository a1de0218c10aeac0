"""The loop that delivers messages until the gateway accepts or refuses them or they expire."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import SystemRandom

from services.notifier import store
from services.notifier.domain.decide import Outcome
from services.notifier.domain.deliveries import Delivery
from services.notifier.domain.delivery_queue import (
    GiveUpDelivery,
    HoldDelivery,
    NoteDelivered,
    PostponeDelivery,
    RefuseDelivery,
)
from services.notifier.domain.duty_calls import CallNextLevel
from services.notifier.domain.letter import NotifierLetter
from services.notifier.jobs.clock_firing import Execute
from services.notifier.jobs.message_gateway import GatewayAnswer, MessageGateway
from services.notifier.metrics import DELIVERIES, OLDEST_UNDELIVERED, REFUSED
from shared.kernel.errors import Refused
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.repair.passes import each
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_PAUSE_OF_CALLS = timedelta(seconds=30)
MOST_ATTEMPTS_AT_ONCE = 8
LOT = SystemRandom()

StateOf = Callable[[str], Awaitable[NotifierLetter | None]]


class MessageDelivery:
    """Delivers queued messages.

    A message to a writer or a desk is given up after its lifetime. A call to the duty desk isn't:
    it is repeated until it succeeds or somebody has seen the diversion.
    """

    def __init__(
        self,
        share: store.Share,
        state_of: StateOf,
        *,
        execute: Execute,
        gateway: MessageGateway,
        now: Now,
        pause_s: float,
    ) -> None:
        self._share = share
        self._state_of = state_of
        self._execute = execute
        self._gateway = gateway
        self._now = now
        self._pause_s = pause_s
        self._at_once = asyncio.Semaphore(MOST_ATTEMPTS_AT_ONCE)

    async def run(self) -> None:
        """Deliver until cancelled; retry after a database fault or a lost race."""
        await run_periodically(
            self.deliver, name="delivering", pause_s=self._pause_s, page=store.MOST_AT_ONCE
        )

    async def deliver(self) -> int:
        """Deliver for one page of this replica's due letters; return how many were done.

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
        """Whether the gateway has asked for a pause, which calls to the duty desk ignore."""
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

    async def _attempt(self, letter: str, state: NotifierLetter, delivery: Delivery) -> Outcome:
        if (until := self._gateway.held_until(delivery)) is not None:
            return HoldDelivery(delivery.id, until)
        answers = await self._gateway.send(letter, state, delivery=delivery)
        judge = outcome_of_call if delivery.message == "page" else outcome
        return judge(delivery, answers, now=self._now())

    async def _note(self, letter: str, outcome: Outcome, delivery: Delivery) -> None:
        """Store the outcome, once for each attempt, time and outcome."""
        name = sha256(f"{delivery.id} {delivery.try_at}".encode()).hexdigest()[:24]
        kind = _kind(outcome)
        try:
            await self._execute(
                IdempotentCommand(letter, outcome, f"{kind}:{name}:{delivery.attempts}")
            )
        except Refused as no:
            LOG.warning("attempt not noted", extra={"letter": letter, "code": no.code})
            return
        DELIVERIES.labels(kind).inc()
        if isinstance(outcome, RefuseDelivery):
            REFUSED.labels(outcome.code).inc()


def outcome(delivery: Delivery, answers: Sequence[GatewayAnswer], *, now: datetime) -> Outcome:
    """Return how an attempt ended: delivered once one recipient has it and none is left to try."""
    unsettled = [answer for answer in answers if not answer.is_taken and not answer.is_refused]
    if unsettled and now < delivery.expires_at:
        return PostponeDelivery(delivery.id, _next_attempt(delivery, unsettled, now=now))
    if any(answer.is_taken for answer in answers):
        return NoteDelivered(delivery.id)
    if unsettled:
        return GiveUpDelivery(delivery.id, now, _code(unsettled))
    return RefuseDelivery(delivery.id, _code(answers))


def _next_attempt(
    delivery: Delivery, unsettled: Sequence[GatewayAnswer], *, now: datetime
) -> datetime:
    """Return when to try again: after our own pause and not before the gateway allows it.

    The last attempt is at the message's expiry, whatever the gateway asks for.
    """
    wanted = [answer.retry_at for answer in unsettled if answer.retry_at]
    return min(max([now + pause_after(delivery.attempts), *wanted]), delivery.expires_at)


def outcome_of_call(
    delivery: Delivery, answers: Sequence[GatewayAnswer], *, now: datetime
) -> Outcome:
    """Return how a call to the duty desk ended; it succeeded only if every officer was called.

    `Retry-After` is ignored for calls.
    """
    if answers and all(answer.is_taken for answer in answers):
        return NoteDelivered(delivery.id)
    until = now + pause_after(delivery.attempts, longest=LONGEST_PAUSE_OF_CALLS)
    refused = [answer for answer in answers if answer.is_refused]
    if answers and not refused:
        return PostponeDelivery(delivery.id, until)
    LOG.warning("an officer can't be called", extra={"code": _code(refused)})
    return CallNextLevel(delivery.id, now, until)


def pause_after(
    attempts: int, *, longest: timedelta = LONGEST_PAUSE, share: Callable[[], float] = LOT.random
) -> timedelta:
    """Return the pause after `attempts` failures: doubling, capped, half of it random."""
    pause = min(longest, FIRST_PAUSE * 2.0 ** min(attempts, 16))
    return pause * (0.5 + share() / 2)


def _code(answers: Sequence[GatewayAnswer]) -> str:
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
