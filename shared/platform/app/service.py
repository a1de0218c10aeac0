"""How does a service start, live and stop? Database, broker, consumers, loops and web face.

Start: web face; one attempt to compare the database with the service's own topics; loops, so that
requests are answered though database or broker are away; database and indexes; producer,
incarnations, resend where topics were made anew, then consumers. A topic made anew under a running
service sends it through the last three steps again. Stop: the batch in hand is finished.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import FastAPI
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_delay,
    wait_random_exponential,
)

from shared.contracts.slugs import Bureau
from shared.platform.app.retry import Loop, endless, first_of, retry_until_available
from shared.platform.app.server import Server, on_signals
from shared.platform.app.shell import INDEXES, Shell
from shared.platform.app.topic_timestamps import check_timestamps
from shared.platform.consumer.consumer import Consumer
from shared.platform.kafka.acl_check import verify_acl_denies
from shared.platform.kafka.bus import BusFault
from shared.platform.kafka.kafka_options import kafka_options
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import DatabaseFault, Index
from shared.platform.repair.incarnations import TopicsMissing
from shared.platform.repair.key_rotation import Tally
from shared.platform.runtime.process_metrics import show_build, show_ready
from shared.platform.runtime.readiness import Readiness
from shared.platform.runtime.settings import ServiceSettings
from shared.platform.runtime.shell_metrics import LOST_TOPICS

LOG = logging.getLogger(__name__)

CHECK_S = 60.0
AGAIN_S = 1.0
"""After a check of the incarnations that failed."""
START_PATIENCE_S = 60.0
FIRST_COMPARISON_S = 5.0
"""How long requests wait for the first attempt to compare the database with the topics."""

NewConsumer = Callable[[Mapping[str, str]], Consumer]
Snapshots = Callable[[Bureau, str], AsyncIterator[IdempotentCommand[Any]]]
"""For each letter that the bureau holds, the command that tells it how the letter stands.

The second is the name of the operator's run: under it a letter is told at most once.
"""

Turns = Callable[..., AsyncIterator[Tally]]
"""Brings under the current key of the ring what a service keeps besides letters: given a tally and
`is_dry`, as `Rotating.run` is."""
Recounts = Callable[[str], AsyncIterator[IdempotentCommand[Any]]]
"""For each letter whose dates are others by the calendar of now, the command that says so.

It is given the name of the operator's run.
"""

Corrections = Callable[[], AsyncIterator[Mapping[str, Any]]]
"""For each letter that people saw otherwise than the rules a labelled case, without words."""


@dataclass(frozen=True, slots=True)
class Service:
    """All parts of one service, put together by its wiring."""

    settings: ServiceSettings
    shell: Shell[Any, Any]
    app: FastAPI
    ready: Readiness
    new_consumer: NewConsumer
    indexes: Mapping[str, Sequence[Index]]
    loops: Sequence[Loop]
    """The service's own, besides those of the shell."""
    close: Callable[[], Awaitable[None]]
    """Lets go of what the wiring opened besides database and broker."""
    snapshots: Snapshots | None = None
    """How a bureau is told of the letters that it holds; only where bureaus are told anything."""
    recounts: Recounts | None = None
    """How letters get other dates when the calendar changes; only where dates are counted."""
    corrections: Corrections | None = None
    """Where people corrected the rules; only where rules sort letters."""
    turns: Turns | None = None
    """What of the service's own is made anew when the ring's current key is another."""

    @property
    def every_index(self) -> Mapping[str, Sequence[Index]]:
        """What the service finds its documents by, by collection: its own and the shell's."""
        return {**INDEXES, **self.indexes}

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Raises: whatever ended a part that must not end."""
        stopping = on_signals()
        self.ready.is_stopping = stopping.is_set
        server = Server(self.app, self.settings)
        show_build(self.settings.revision)
        try:
            async with asyncio.TaskGroup() as tasks:
                web = tasks.create_task(server.serve())
                await self._compare_first()
                own: Sequence[Loop] = (partial(show_ready, self.ready), *self.loops)
                loops = [tasks.create_task(endless(loop)) for loop in (*self.shell.loops(), *own)]
                await self._begin_unless(stopping)
                await self._consume(stopping)
                server.should_exit = True
                await web
                for task in loops:
                    task.cancel()
        finally:
            await self.shell.bus.stop()
            await self.close()
            self.shell.database.close()

    async def _compare_first(self) -> None:
        """Before anything is kept, see that the database isn't behind the topics, if both answer.

        Otherwise requests must not wait: it is seen to before anything is sent. Raises:
        DatabaseBehind.
        """
        try:
            async with asyncio.timeout(FIRST_COMPARISON_S):
                await self.shell.fork_check.check()
        except (BusFault, DatabaseFault, TimeoutError) as fault:
            LOG.warning("database not compared yet", extra={"fault": type(fault).__name__})

    async def _begin_unless(self, stopping: asyncio.Event) -> None:
        """Reach the database; one that is away is no fault of a process that is told to end."""
        try:
            await self._reach_database()
        except DatabaseFault:
            if not stopping.is_set():
                raise

    async def _reach_database(self) -> None:
        """Wait a minute for the database; make the indexes. Raises: DatabaseFault."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(DatabaseFault),
            wait=wait_random_exponential(multiplier=0.1, max=2),
            stop=self._gives_up,
            reraise=True,
        ):
            with attempt:
                await self.shell.database.ping()
                for name, indexes in self.every_index.items():
                    await self.shell.database.collection(name).index(indexes)
                await self.shell.keys.load()
        self.ready.is_database_away = lambda: self.shell.database.is_away
        self.ready.parts["database"] = self.ready.has_started = True

    def _gives_up(self, state: RetryCallState) -> bool:
        """Whether the database was waited for long enough, or isn't needed any more."""
        return self.ready.is_stopping() or stop_after_delay(START_PATIENCE_S)(state)

    async def _consume(self, stopping: asyncio.Event) -> None:
        """Consume until stopped, and begin again when the topics are made anew.

        A broker or a database that is away is waited for; what needs neither works on meanwhile.
        """
        await retry_until_available(self._reach_broker, stopping)
        while (ids := await retry_until_available(self._begin, stopping)) is not None:
            await self._consume_under(ids, stopping)
            self.ready.parts["consuming"] = False

    async def _reach_broker(self) -> None:
        """See that the broker is set as it must be, and connect.

        Raises: StandsOpen; DatabaseBehind; TopicsMissing; BusFault.
        """
        if not self.settings.is_development:
            await verify_acl_denies(kafka_options(self.settings), self.shell.rules.service)
        await check_timestamps(self.shell.bus, self.shell.reads)
        await self.shell.connect()
        self.ready.parts["broker"] = True

    async def _begin(self) -> Mapping[str, str]:
        """Send what the topics lack; the ids under which to consume.

        What retention took before it was read may have caused effects that were never sent: then
        the whole log is sent, and the whole topic asked for.
        """
        shell = self.shell
        ids = await shell.incarnations.current()
        lost = await shell.positions.lost()
        if lost:
            await shell.incarnations.forget(shell.writes)
        await shell.resends.fill(ids)
        if lost:
            await shell.gaps.ask_for_all(lost)
            await shell.positions.settled(lost)
            LOST_TOPICS.inc(len(lost))
        return ids

    async def _consume_under(self, ids: Mapping[str, str], stopping: asyncio.Event) -> None:
        """Consume until stopped, or until what is consumed isn't what it was."""
        consumer, ended = self.new_consumer(ids), asyncio.Event()
        self.shell.gaps.reading = consumer
        self.ready.is_stuck = lambda: consumer.is_stuck
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(_run(consumer))
            watching = tasks.create_task(self._watch(consumer, ids, ended=ended))
            told = tasks.create_task(stopping.wait())
            await asyncio.wait((running, watching, told), return_when=asyncio.FIRST_COMPLETED)
            consumer.stop()
            ended.set()
            watching.cancel()
            told.cancel()
        self.ready.is_stuck = bool

    async def _watch(
        self, consumer: Consumer, ids: Mapping[str, str], *, ended: asyncio.Event
    ) -> None:
        """Return when a topic was made anew or has lost records, or the client fetches no more.

        Looked at each minute, at each assignment, and when the broker did not take something or
        could not be asked: it may come back as another. `ended` is believed beside a cancellation,
        since the Kafka client may swallow that one while it is asked.
        """
        failed, pause_s = self.shell.sender.failed, CHECK_S
        was_starved = False
        while not ended.is_set():
            self.ready.parts["consuming"] = consumer.has_joined.is_set()
            await first_of(consumer.was_reassigned, failed, ended, seconds=pause_s)
            consumer.was_reassigned.clear()
            failed.clear()
            self.ready.parts["consuming"] = consumer.has_joined.is_set()
            pause_s = CHECK_S
            if consumer.lost:
                return
            try:
                if await self.shell.incarnations.current() != ids:
                    LOG.warning("topics were made anew")
                    return
            except (BusFault, TopicsMissing) as fault:
                LOG.warning("incarnations not checked", extra={"fault": type(fault).__name__})
                pause_s = AGAIN_S
                continue
            if was_starved and consumer.is_starved:
                LOG.error("the Kafka client fetches nothing though the broker answers")
                return
            was_starved = consumer.is_starved


async def _run(consumer: Consumer) -> None:
    """Consume; a broker that went away for longer than its client waits is joined anew."""
    try:
        await consumer.run()
    except BusFault as fault:
        LOG.warning("consumer ended", extra={"fault": type(fault).__name__})
