"""The notifier's own loops: proposing levels that were reached, and delivering messages.

Both find what is due by an index, so a pass costs what is due, however many letters are open.
Several processes may run them at once: a level is proposed once, for its command has one id, and a
message may leave twice but under one idempotency key.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import SystemRandom
from typing import Any

import httpx

from services.notifier import store
from services.notifier.domain import (
    Command,
    Delivery,
    FireClocks,
    Letter,
    NoteDelivered,
    Outcome,
    PostponeDelivery,
    RefuseDelivery,
    RunningClock,
    due_levels,
    text_of,
)
from services.notifier.metrics import (
    CLOCKS_FIRED,
    DELIVERIES,
    LAST_FIRING,
    LATENESS_SECONDS,
    OLDEST_UNDELIVERED,
    REFUSED,
)
from shared.kernel.errors import Refused
from shared.platform.clock import Now
from shared.platform.database import Collection, DatabaseFault
from shared.platform.letters import TooManyRaces
from shared.platform.rules import Told

LOG = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)
MOST_ATTEMPTS_AT_ONCE = 8
TRY_AGAIN = frozenset({401, 403, 408, 425, 429})
"""Client errors that say nothing against the message: our credentials, or the gateway's haste."""

LOT = SystemRandom()

Tell = Callable[[Told[Command]], Awaitable[Letter]]
StateOf = Callable[[str], Awaitable[Letter | None]]


class Firing:
    """Proposes each level to the router when its instant comes."""

    def __init__(self, letters: Collection, tell: Tell, *, now: Now, pause_s: float) -> None:
        self._letters = letters
        self._tell = tell
        self._now = now
        self._pause_s = pause_s

    async def run(self) -> None:
        """Fire until cancelled; a failing database or a lost race is tried again."""
        while True:
            found = 0
            try:
                found = await self.fire()
            except (DatabaseFault, TooManyRaces) as fault:
                LOG.warning("firing failed", extra={"fault": type(fault).__name__})
            if found < store.MOST_AT_ONCE:
                await asyncio.sleep(self._pause_s)

    async def fire(self) -> int:
        """Propose what is due now, one page of it; the letters done with.

        Raises: DatabaseFault, TooManyRaces.
        """
        now = self._now()
        found = await store.to_fire(self._letters, now)
        done = await _each({letter: self._propose(letter, on, now) for letter, on in found})
        LAST_FIRING.set(now.timestamp())
        return done

    async def _propose(self, letter: str, clocks: tuple[RunningClock, ...], now: datetime) -> None:
        """Tell the letter to fire, under the name of its first due level."""
        levels = due_levels(clocks, now)
        try:
            await self._tell(Told(letter, FireClocks(now), f"fire:{levels[0].name}"))
        except Refused as no:
            LOG.info("not fired", extra={"letter": letter, "code": no.code})
            return
        for level in levels:
            CLOCKS_FIRED.labels(level.level).inc()
            LATENESS_SECONDS.observe(max(0.0, (self._now() - level.at).total_seconds()))


class Gateway:
    """Where messages leave by; it takes each idempotency key once."""

    def __init__(self, client: httpx.AsyncClient, *, mailbox_url: str) -> None:
        """`client`: its base address is the gateway's. `mailbox_url`: where writers read on."""
        self._client = client
        self._mailbox_url = mailbox_url

    async def send(self, letter: str, state: Letter, *, delivery: Delivery) -> int | None:
        """Hand one message over; the gateway's status, or none when it can't be reached.

        Raises: NoChannel, when the writer left no way to be reached.
        """
        if state.address is None:
            raise NoChannel
        channel, to = state.address
        text = text_of(delivery.message, state.lang, letter=letter, where=self._mailbox_url)
        try:
            answer = await self._client.post(
                "/messages",
                headers={"Idempotency-Key": delivery.id},
                json={"to": to, "channel": channel, "text": text},
            )
        except httpx.HTTPError as fault:
            LOG.warning("gateway not reached", extra={"fault": type(fault).__name__})
            return None
        return answer.status_code


class NoChannel(Exception):
    """The writer left neither phone nor WeChat nor e-mail."""


class Delivering:
    """Delivers what is queued, again and again until the gateway has taken or refused it."""

    def __init__(
        self,
        letters: Collection,
        state_of: StateOf,
        *,
        tell: Tell,
        gateway: Gateway,
        now: Now,
        pause_s: float,
    ) -> None:
        self._letters = letters
        self._state_of = state_of
        self._tell = tell
        self._gateway = gateway
        self._now = now
        self._pause_s = pause_s
        self._at_once = asyncio.Semaphore(MOST_ATTEMPTS_AT_ONCE)

    async def run(self) -> None:
        """Deliver until cancelled; a failing database or a lost race is tried again."""
        while True:
            found = 0
            try:
                found = await self.deliver()
            except (DatabaseFault, TooManyRaces) as fault:
                LOG.warning("delivering failed", extra={"fault": type(fault).__name__})
            if found < store.MOST_AT_ONCE:
                await asyncio.sleep(self._pause_s)

    async def deliver(self) -> int:
        """Try what is due now, one page of it; the letters done with.

        Raises: DatabaseFault, TooManyRaces.
        """
        now = self._now()
        found = await store.to_deliver(self._letters, now)
        done = await _each({letter: self._of_letter(letter, now) for letter in found})
        oldest = await store.waiting_since(self._letters, self._now())
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
        if status is not None and status // 100 == 2:
            return NoteDelivered(delivery.id)
        if status is not None and status // 100 == 4 and status not in TRY_AGAIN:
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


async def _each(work: Mapping[str, Coroutine[Any, Any, None]]) -> int:
    """Do all of it, and say for which letters it can't be done; how many were done with.

    One letter that can't be read must not stop everybody's clocks. Raises: DatabaseFault,
    TooManyRaces, once all the others are done with.
    """
    passing: list[Exception] = []
    outcomes = await asyncio.gather(*work.values(), return_exceptions=True)
    for letter, fault in zip(work, outcomes, strict=True):
        if isinstance(fault, DatabaseFault | TooManyRaces):
            passing.append(fault)
        elif isinstance(fault, Exception):
            LOG.error("letter passed over", exc_info=fault, extra={"letter": letter})
        elif fault is not None:
            raise fault
    if passing:
        raise passing[0]
    return sum(fault is None for fault in outcomes)


def _kind(outcome: Outcome) -> str:
    match outcome:
        case NoteDelivered():
            return "delivered"
        case PostponeDelivery():
            return "postponed"
        case RefuseDelivery():
            return "refused"
