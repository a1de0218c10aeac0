"""Real local servers for tests marked `real`: child processes on free ports, ended with the run.

`servers` is one broker with its topics and one database for all tests of a run; a test that breaks
things uses its own `own_servers`. Each process is ended by its starter, by pid.
"""

import asyncio
import os
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_asyncio
from pydantic import SecretStr

from deploy.local.stack.ports import free_ports
from deploy.local.stack.supervisor import Stack, running_stack
from shared.platform.kafka.bus import Bus
from shared.platform.mongo.database import Collection, Database
from shared.platform.runtime.settings import KafkaSettings, ServiceSettings
from tests.support.reaching import bus_of, kafka_of

R = TypeVar("R")

SESSION_MS = 1_000
"""Short, so that a restarted consumer gets its partitions back soon."""
START_S = 120.0
"""Three brokers of Apache Kafka may be slow on a busy machine."""
ONLY = ("broker", "database", "topics")


class Servers:
    """A running stack with an event loop in its own thread."""

    def __init__(self, stack: Stack, loop: asyncio.AbstractEventLoop) -> None:
        self.stack = stack
        self._loop = loop
        self.environment = {**stack.settings("topics"), "MAILBOX_KAFKA_METADATA_MS": "500"}
        """The environment of a service on these servers, with the operator's rights."""

    def bus(self) -> Bus:
        """A bus that isn't started yet."""
        return bus_of(self.environment)

    @property
    def kafka(self) -> KafkaSettings:
        """How to reach the broker."""
        return kafka_of(self.environment)

    def settings(self, keys_dir: Path) -> ServiceSettings:
        """Settings of a service with its own database; its HTTP port is free."""
        return ServiceSettings(
            **self.kafka.model_dump(),
            mongo_uri=SecretStr(self.environment["MAILBOX_MONGO_URI"]),
            database=f"mailbox_{uuid.uuid4().hex[:12]}",
            http_port=free_ports().router,
            staff_issuer=self.environment["MAILBOX_STAFF_ISSUER"],
            staff_audience=self.environment["MAILBOX_STAFF_AUDIENCE"],
            staff_jwks_url=self.environment["MAILBOX_STAFF_JWKS_URL"],
            keys_dir=keys_dir,
        )

    def database(self) -> Database:
        """A database that nobody else uses."""
        return Database(self.environment["MAILBOX_MONGO_URI"], f"mailbox_{uuid.uuid4().hex[:12]}")

    async def restart_broker(self) -> None:
        """Kill the broker; return when it is back, empty, with new topics."""
        await self._there(self.stack.lose_broker())

    async def _there(self, work: Coroutine[Any, Any, R]) -> R:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))


@contextmanager
def running_servers(
    folder: Path, *, environment: Mapping[str, str] = os.environ
) -> Iterator[Servers]:
    """Broker, topics and database, until the end of the block.

    `environment`: selects the engines.
    """
    started: Future[Servers] = Future()
    ending = threading.Event()
    thread = threading.Thread(
        target=lambda: asyncio.run(_tend(folder, started, ending, environment)), name="servers"
    )
    thread.start()
    try:
        yield started.result(START_S)
    finally:
        ending.set()
        thread.join(START_S)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """One set of servers for all tests of a run."""
    with running_servers(tmp_path_factory.mktemp("servers")) as running:
        yield running


@pytest.fixture
def own_servers(tmp_path: Path) -> Iterator[Servers]:
    """Servers that this test alone uses, and may break."""
    with running_servers(tmp_path / "servers") as running:
        yield running


@pytest.fixture
def new_collection(servers: Servers) -> Iterator[Callable[[], Collection]]:
    """Makes empty collections of the real database."""
    databases: list[Database] = []

    def new() -> Collection:
        databases.append(servers.database())
        return databases[-1].collection("letters")

    yield new
    for database in databases:
        database.close()


@pytest_asyncio.fixture
async def bus(servers: Servers) -> AsyncIterator[Bus]:
    """A started bus on the real broker."""
    started = servers.bus()
    await started.start()
    yield started
    await started.stop()


async def _tend(
    folder: Path,
    started: Future[Servers],
    ending: threading.Event,
    environment: Mapping[str, str],
) -> None:
    """Run the stack until `ending`; a failure to start goes to the waiting thread."""
    try:
        async with running_stack(
            folder, only=ONLY, session_ms=SESSION_MS, environment=environment
        ) as stack:
            started.set_result(Servers(stack, asyncio.get_running_loop()))
            await asyncio.to_thread(ending.wait)
    except Exception as fault:
        if started.done():
            raise
        started.set_exception(fault)
