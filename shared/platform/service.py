"""How does a service start, live and stop? Database, broker, consumers, loops and web face.

Start: indexes, producer, incarnations, resend where topics were made anew, then consumers. A topic
made anew under a running service sends it through the same steps again. Stop: the batch in hand is
finished.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_random_exponential,
)

from shared.platform.bus import BusFault
from shared.platform.consumer import Consumer
from shared.platform.database import DatabaseFault, Index
from shared.platform.incarnations import TopicsMissing, resend_log
from shared.platform.settings import ServiceSettings
from shared.platform.shell import INDEXES, Shell

LOG = logging.getLogger(__name__)

CHECK_S = 60.0
START_PATIENCE_S = 60.0

Loop = Callable[[], Awaitable[None]]
NewConsumer = Callable[[Mapping[str, str]], Consumer]


@dataclass(slots=True)
class Readiness:
    """What has to be so before this process may be sent work."""

    parts: dict[str, bool] = field(
        default_factory=lambda: {"database": False, "broker": False, "consuming": False}
    )
    is_database_away: Callable[[], bool] = bool
    """Asked each time, since the database may leave after the start."""

    async def __call__(self) -> Mapping[str, bool]:
        """Each part by name."""
        return self.parts | {"database": self.parts["database"] and not self.is_database_away()}


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

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Raises: whatever ended a part that must not end."""
        stopping = _on_signals()
        server = _Server(self.app, self.settings)
        try:
            async with asyncio.TaskGroup() as tasks:
                web = tasks.create_task(server.serve())
                await self._connect()
                consuming = tasks.create_task(self._consume(stopping))
                loops = [
                    tasks.create_task(_endless(loop))
                    for loop in (*self._shell_loops(), *self.loops)
                ]
                await stopping.wait()
                await consuming
                server.should_exit = True
                await web
                for task in loops:
                    task.cancel()
        finally:
            await self.shell.bus.stop()
            await self.close()
            self.shell.database.close()

    def _shell_loops(self) -> Sequence[Loop]:
        return self.shell.commands.run, self.shell.sweeper.run

    async def _connect(self) -> None:
        """Reach database and broker, waiting a minute for either; make the indexes."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type((DatabaseFault, BusFault)),
            wait=wait_random_exponential(multiplier=0.1, max=2),
            stop=stop_after_delay(START_PATIENCE_S),
            reraise=True,
        ):
            with attempt:
                await self.shell.database.ping()
                for name, indexes in {**INDEXES, **self.indexes}.items():
                    await self.shell.database.collection(name).index(indexes)
                self.ready.is_database_away = lambda: self.shell.database.is_away
                self.ready.parts["database"] = True
                await self.shell.bus.start()
                self.ready.parts["broker"] = True

    async def _consume(self, stopping: asyncio.Event) -> None:
        """Resend what the topics don't have, consume, and begin again when they are made anew."""
        while not stopping.is_set():
            ids = await self.shell.incarnations.when_ready()
            await self._resend(ids)
            consumer = self.new_consumer(ids)
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(consumer.run())
                await self._watch(consumer, ids, stopping)
                consumer.stop()
                await running
            self.ready.parts["consuming"] = False

    async def _resend(self, ids: Mapping[str, str]) -> None:
        remade = await self.shell.incarnations.remade(ids)
        if remade:
            count = await resend_log(self.shell.history, self.shell.sender, topics=remade)
            await self.shell.incarnations.remember(remade, ids)
            LOG.info("log sent again", extra={"topics": len(remade), "records": count})

    async def _watch(
        self, consumer: Consumer, ids: Mapping[str, str], stopping: asyncio.Event
    ) -> None:
        """Return when this process stops, or when a topic was made anew."""
        while not stopping.is_set():
            self.ready.parts["consuming"] = consumer.has_joined.is_set()
            await _first_of(stopping, consumer.was_reassigned, seconds=CHECK_S)
            consumer.was_reassigned.clear()
            self.ready.parts["consuming"] = consumer.has_joined.is_set()
            if stopping.is_set():
                return
            try:
                if await self.shell.incarnations.current() != ids:
                    LOG.warning("topics were made anew")
                    return
            except (BusFault, TopicsMissing) as fault:
                LOG.warning("incarnations not checked", extra={"fault": type(fault).__name__})


class _Server(uvicorn.Server):
    """uvicorn, leaving the signals to the service."""

    def __init__(self, app: FastAPI, settings: ServiceSettings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.http_host,
                port=settings.http_port,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def _on_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping


async def _endless(loop: Loop) -> None:
    """Run a loop that must not end by itself."""
    await loop()
    raise RuntimeError(f"{getattr(loop, '__qualname__', 'a loop')} ended")


async def _first_of(*events: asyncio.Event, seconds: float) -> None:
    """Return when one of `events` is set, or after `seconds`."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
