"""A service's life: database, broker, consumers, loops and web application.

Start: web application; one attempt to compare the database with the service's own topics; loops, so
that requests are answered even if database or broker are away; database and indexes; producer,
incarnations, and a resend to recreated topics; then consumers. If a topic is recreated while the
service runs, the last three steps are repeated. Stop: the current batch is finished.
"""

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
from shared.platform.app.retention import Retention
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
from shared.platform.repair.erasure_replay import PastErasure
from shared.platform.repair.incarnations import TopicsMissing
from shared.platform.repair.key_rotation import Tally
from shared.platform.runtime.process_metrics import show_build, show_ready
from shared.platform.runtime.readiness import Readiness
from shared.platform.runtime.settings import ServiceSettings
from shared.platform.runtime.shell_metrics import LOST_TOPICS

LOG = logging.getLogger(__name__)

CHECK_S = 60.0
AGAIN_S = 1.0
"""Delay after a failed check of the incarnations."""
START_PATIENCE_S = 60.0
FIRST_COMPARISON_S = 5.0
"""How long requests wait for the first attempt to compare the database with the topics."""

NewConsumer = Callable[[Mapping[str, str]], Consumer]
Snapshots = Callable[[Bureau, str], AsyncIterator[IdempotentCommand[Any]]]
"""Yields, for each letter that the bureau holds, the command that emits its current state.

The second argument is the name of the operator's run, under which a letter is sent at most once.
"""

Turns = Callable[..., AsyncIterator[Tally]]
"""Rotates what a service stores besides letters to the current key; takes a tally and `is_dry`,
like `KeyRotation.run`."""
Recounts = Callable[[str], AsyncIterator[IdempotentCommand[Any]]]
"""Yields, for each letter whose dates change under the current calendar, the command to update it.

The argument is the name of the operator's run.
"""

Forgets = Callable[[Sequence[PastErasure]], Awaitable[None]]
"""Deletes what a service keeps of erased letters outside their documents and logs.

Called before their states are erased; repeating it changes nothing.
"""

Corrections = Callable[[], AsyncIterator[Mapping[str, Any]]]
"""Yields a labelled case, without words, for each letter where people corrected the rules."""


@dataclass(frozen=True, slots=True)
class Service:
    """All parts of one service, assembled by its wiring."""

    settings: ServiceSettings
    shell: Shell[Any, Any]
    app: FastAPI
    ready: Readiness
    new_consumer: NewConsumer
    indexes: Mapping[str, Sequence[Index]]
    loops: Sequence[Loop]
    """The service's own loops, in addition to the shell's."""
    close: Callable[[], Awaitable[None]]
    """Closes what the wiring opened besides database and broker."""
    snapshots: Snapshots | None = None
    """Snapshots for bureaus; only in services that send to bureaus."""
    recounts: Recounts | None = None
    """Recalculation of dates for a changed calendar; only in services with dates."""
    corrections: Corrections | None = None
    """Corrections of rules by people; only in services that classify letters."""
    turns: Turns | None = None
    """Rotation of what the service stores besides letters."""
    retention: Retention | None = None
    """Erasing by the retention table; only in the service that decides it."""
    forgets: Forgets | None = None
    """Deletes what stands elsewhere of letters whose parts were erased, after a restore."""

    @property
    def every_index(self) -> Mapping[str, Sequence[Index]]:
        """All indexes by collection: the service's own and the shell's."""
        return {**INDEXES, **self.indexes}

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Raises: the exception of a part that must not end."""
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
        """Check that the database isn't behind the topics before storing, if both answer.

        Otherwise requests must not wait: the check is repeated before anything is sent.
        Raises: DatabaseBehind.
        """
        try:
            async with asyncio.timeout(FIRST_COMPARISON_S):
                await self.shell.fork_check.check()
        except (BusFault, DatabaseFault, TimeoutError) as fault:
            LOG.warning("database not compared yet", extra={"fault": type(fault).__name__})

    async def _begin_unless(self, stopping: asyncio.Event) -> None:
        """Reach the database; if it is away while the process is stopping, that is not an error."""
        try:
            await self._reach_database()
        except DatabaseFault:
            if not stopping.is_set():
                raise

    async def _reach_database(self) -> None:
        """Wait up to a minute for the database; create the indexes. Raises: DatabaseFault."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(DatabaseFault),
            wait=wait_random_exponential(multiplier=0.1, max=2),
            stop=self._should_give_up,
            reraise=True,
        ):
            with attempt:
                await self.shell.database.ping()
                for name, indexes in self.every_index.items():
                    await self.shell.database.collection(name).index(indexes)
                await self.shell.keys.load()
        self.ready.is_database_away = lambda: self.shell.database.is_away
        self.ready.parts["database"] = self.ready.has_started = True

    def _should_give_up(self, state: RetryCallState) -> bool:
        """Whether the wait for the database is over or no longer needed."""
        return self.ready.is_stopping() or stop_after_delay(START_PATIENCE_S)(state)

    async def _consume(self, stopping: asyncio.Event) -> None:
        """Consume until stopped, starting over when topics are recreated.

        If broker or database are away, this waits; parts that don't need them keep working.
        """
        await retry_until_available(self._reach_broker, stopping)
        while (ids := await retry_until_available(self._begin, stopping)) is not None:
            await self._consume_under(ids, stopping)
            self.ready.parts["consuming"] = False

    async def _reach_broker(self) -> None:
        """Check the broker's settings and connect.

        Raises: AclMissing; DatabaseBehind; TopicsMissing; BusFault.
        """
        if not self.settings.is_development:
            await verify_acl_denies(kafka_options(self.settings), self.shell.rules.service)
        await check_timestamps(self.shell.bus, self.shell.reads)
        await self.shell.connect()
        self.ready.parts["broker"] = True

    async def _begin(self) -> Mapping[str, str]:
        """Send what the topics lack; return the incarnation ids under which to consume.

        Records that retention deleted unread may have caused effects that were never sent: in that
        case the whole log is sent, and the whole topic is requested again.
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
        """Consume until stopped, or until the topics changed."""
        consumer, ended = self.new_consumer(ids), asyncio.Event()
        self.shell.gaps.reading = consumer
        self.ready.is_stuck = lambda: consumer.is_stuck
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(_run(consumer))
            watching = tasks.create_task(self._watch(consumer, ids, ended=ended))
            told_to_stop = tasks.create_task(stopping.wait())
            await asyncio.wait(
                (running, watching, told_to_stop), return_when=asyncio.FIRST_COMPLETED
            )
            consumer.stop()
            ended.set()
            watching.cancel()
            told_to_stop.cancel()
        self.ready.is_stuck = bool

    async def _watch(
        self, consumer: Consumer, ids: Mapping[str, str], *, ended: asyncio.Event
    ) -> None:
        """Return when a topic was recreated or lost records, or when the client stopped fetching.

        Checked every minute, at each assignment, and when the broker refused a record or could not
        be asked: it may return as a new cluster. `ended` is checked in addition to cancellation,
        because the Kafka client may swallow a cancellation.
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
                    LOG.warning("topics were recreated")
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
    """Consume; if the broker was away longer than the client waits, the caller joins again."""
    try:
        await consumer.run()
    except BusFault as fault:
        LOG.warning("consumer ended", extra={"fault": type(fault).__name__})
