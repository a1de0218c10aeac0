"""A whole service over doubles, and access to its parts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from deploy.local.stack.ports import free_ports
from shared.contracts.topics import RESENDS
from shared.platform.app.retry import Loop
from shared.platform.app.service import Service
from shared.platform.app.shell import LETTERS, Shell, assemble
from shared.platform.http.application import open_to_all
from shared.platform.http.create_app import create_app
from shared.platform.letters.document_mapper import INDEXES
from shared.platform.letters.seals import Seals
from shared.platform.runtime.readiness import Readiness
from shared.platform.runtime.settings import ServiceSettings
from tests.support.builders import (
    READS,
    WRITES,
    Diary,
    Note,
    rules,
    seals_of,
)
from tests.support.consuming import ConsumingBus
from tests.support.doubles import Clock, MemoryDatabase
from tests.support.sign_in import issuers
from tests.support.topics import bootstrapped

HEARD = (*READS, RESENDS.name)


@dataclass
class House:
    """A service over doubles, and access to its parts."""

    keys: Path
    bus: ConsumingBus = field(default_factory=lambda: bootstrapped(ConsumingBus()))
    database: MemoryDatabase = field(default_factory=MemoryDatabase)
    clock: Clock = field(default_factory=Clock)
    closed: list[str] = field(default_factory=list)
    loops: tuple[Loop, ...] = ()
    seals: Seals = field(default_factory=seals_of)

    def __post_init__(self) -> None:
        self.port = free_ports().router
        self.documents = self.database.collection(LETTERS)

    def build(self) -> Service:
        """A process that hasn't started yet."""
        shell = self._shell()
        settings = ServiceSettings(
            env="dev",
            kafka_bootstrap="127.0.0.1:9",
            mongo_uri=SecretStr("mongodb://127.0.0.1:9/"),
            database="mailbox_test",
            http_port=self.port,
            **issuers("http://127.0.0.1:9"),
            keys_dir=self.keys,
        )

        async def close() -> None:
            self.closed.append("wiring")
            await client.aclose()

        ready, client = Readiness(), httpx.AsyncClient()
        return Service(
            settings=settings,
            shell=shell,
            app=self._app(create_app("Test", settings, client=client, ready=ready, now=self.clock)),
            ready=ready,
            new_consumer=shell.consumer,
            indexes={LETTERS: INDEXES},
            loops=self.loops,
            close=close,
        )

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator[Service]:
        """A service that only consumes."""
        service, stopping = self.build(), asyncio.Event()
        running = asyncio.create_task(service._consume(stopping))
        try:
            yield service
        finally:
            stopping.set()
            await asyncio.wait_for(running, 5)

    def _shell(self) -> Shell[Note, Diary]:
        return assemble(
            rules(),
            self.seals,
            database=self.database,
            bus=self.bus,
            topics=(HEARD, WRITES),
            now=self.clock,
            clock=self.clock.seconds,
        )

    @staticmethod
    def _app(app: FastAPI) -> FastAPI:
        @app.get("/hello")
        @open_to_all
        def hello() -> str:
            return "good day"

        return app
