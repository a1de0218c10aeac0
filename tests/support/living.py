"""A consuming process of the diary service on a real broker and a real database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from shared.contracts.topics import RESENDS
from shared.platform.app.service import Service
from shared.platform.app.shell import LETTERS, build_shell
from shared.platform.letters.document_mapper import INDEXES
from shared.platform.runtime.clock import Now, utc_now
from shared.platform.runtime.readiness import Readiness
from shared.platform.runtime.settings import ServiceSettings
from tests.support.builders import READS, WRITES, rules, seals_of
from tests.support.waiting import until


@asynccontextmanager
async def living(settings: ServiceSettings, *, now: Now = utc_now) -> AsyncIterator[Service]:
    """A process that consumes until the end of the block; its periodic loops don't run."""
    shell = build_shell(
        settings, rules(), seals=seals_of(), reads=(*READS, RESENDS.name), writes=WRITES, now=now
    )
    service = Service(
        settings=settings,
        shell=shell,
        app=FastAPI(),
        ready=Readiness(),
        new_consumer=shell.consumer,
        indexes={LETTERS: INDEXES},
        loops=(),
        close=_nothing,
    )
    await service._reach_database()
    stopping = asyncio.Event()
    consuming = asyncio.create_task(service._consume(stopping))
    try:
        await until(lambda: service.ready.parts["consuming"])
        yield service
    finally:
        stopping.set()
        await asyncio.wait_for(consuming, 30)
        await shell.bus.stop()
        shell.database.close()


async def _nothing() -> None:
    """The wiring opened nothing."""
