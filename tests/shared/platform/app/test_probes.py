"""A process answers `started`, `live` and `ready` rightly in each phase.

Live: it answers and works, also while it waits and while it drains. Started: its start is over.
Ready: it accepts requests.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from aiokafka.errors import KafkaConnectionError

from shared.platform.app import retry
from shared.platform.app import service as module
from shared.platform.app.service import Service
from shared.platform.consumer import consumer
from shared.platform.mongo.database import DatabaseFault
from tests.support.builders import PROGRESS_TOPIC, asked, told
from tests.support.household import House
from tests.support.waiting import until, until_true

pytestmark = pytest.mark.usefixtures("swept")

UP, DOWN = 200, 503


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(retry, "LONGEST_PAUSE_S", 0.005)
    return House(tmp_path)


@dataclass
class Probed:
    """A running process, and a client of its health routes."""

    house: House
    service: Service
    client: httpx.AsyncClient

    async def asked(self, question: str) -> httpx.Response:
        """The answer to `started`, `live` or `ready`, once the server is up."""
        address = f"http://127.0.0.1:{self.house.port}/health/{question}"
        async with asyncio.timeout(8):
            while True:
                try:
                    return await self.client.get(address)
                except httpx.ConnectError:
                    await asyncio.sleep(0.005)

    async def health(self) -> tuple[int, int, int]:
        """Statuses of started, live and ready."""
        answers = [await self.asked(one) for one in ("started", "live", "ready")]
        started, live, ready = (one.status_code for one in answers)
        return started, live, ready

    async def missing(self) -> list[str]:
        """The parts that keep it from being ready."""
        return list((await self.asked("ready")).json().get("not_ready", []))

    async def come_to(self, *health: int) -> None:
        """Wait until it answers so."""

        async def has_come() -> bool:
            return await self.health() == health

        await until_true(has_come)


@asynccontextmanager
async def probed(house: House) -> AsyncIterator[Probed]:
    """A process until the end of the block, where it must stop."""
    service = house.build()
    living = asyncio.create_task(service.run())
    async with httpx.AsyncClient() as client:
        asking = Probed(house, service, client)
        try:
            await asking.asked("live")
            yield asking
        finally:
            if not living.done():
                os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(living, 8)


async def test_without_its_database_it_is_alive_and_neither_started_nor_ready(
    house: House,
) -> None:
    house.database.has_left = True
    async with probed(house) as process:
        assert await process.health() == (DOWN, UP, DOWN)
        assert "database" in await process.missing()
        house.database.has_left = False
        await process.come_to(UP, UP, UP)


async def test_a_process_that_still_waits_for_its_database_ends_when_it_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START_PATIENCE_S", 3_600)
    house.database.has_left = True
    async with probed(house) as process:
        assert await process.health() == (DOWN, UP, DOWN)
    assert not process.service.ready.has_started


async def test_a_database_that_stays_away_ends_the_start(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START_PATIENCE_S", 0.01)
    house.database.has_left = True
    with pytest.raises(ExceptionGroup) as ended:
        await asyncio.wait_for(house.build().run(), 8)
    assert ended.group_contains(DatabaseFault)


async def test_without_its_broker_it_has_started_and_is_not_ready(house: House) -> None:
    house.bus.faults += [KafkaConnectionError()] * 10_000
    async with probed(house) as process:
        await process.come_to(UP, UP, DOWN)
        assert set(await process.missing()) <= {"broker", "consuming"}
        house.bus.faults.clear()
        await process.come_to(UP, UP, UP)


async def test_a_database_that_leaves_makes_it_unready_and_lets_it_live(house: House) -> None:
    async with probed(house) as process:
        await process.come_to(UP, UP, UP)
        house.database.has_left = True
        assert await process.health() == (UP, UP, DOWN)
        assert await process.missing() == ["database"]
        house.database.has_left = False
        assert await process.health() == (UP, UP, UP)


async def test_a_broker_that_leaves_lets_it_be_ready_since_what_is_told_is_kept(
    house: House,
) -> None:
    async with probed(house) as process:
        await process.come_to(UP, UP, UP)
        house.bus.fates.append("refused")
        await process.service.shell.commands.execute(told("x"))
        assert await process.health() == (UP, UP, UP)


async def test_a_process_that_stands_still_is_not_alive(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its partitions are others' by then, and nothing but a restart would bring it back."""
    held, release = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        held.set()
        await release.wait()

    house.bus.before_send.append(hold)
    async with probed(house) as process:
        await process.come_to(UP, UP, UP)
        monkeypatch.setattr(consumer, "MAX_POLL_INTERVAL_S", 0.5)
        await asyncio.sleep(0.6)
        assert await process.health() == (UP, UP, UP), "it polls, though nothing comes"
        house.bus.put(asked(1))
        await asyncio.wait_for(held.wait(), 8)
        await process.come_to(UP, DOWN, DOWN)
        assert await process.missing() == ["consuming"]
        assert (await process.asked("live")).json() == {"status": "stuck"}
        release.set()
        await process.come_to(UP, UP, UP)


async def test_a_process_whose_work_fails_again_and_again_is_alive(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart would not bring the database back."""
    monkeypatch.setattr(consumer, "LONGEST_PAUSE_S", 0.01)
    async with probed(house) as process:
        await process.come_to(UP, UP, UP)
        monkeypatch.setattr(consumer, "MAX_POLL_INTERVAL_S", 0.5)
        house.database.has_left = True
        house.bus.put(asked(1))
        await asyncio.sleep(0.6)
        assert await process.health() == (UP, UP, DOWN)
        house.database.has_left = False
        await until(lambda: house.bus.commits)


async def test_while_it_drains_it_is_alive_and_not_ready_and_finishes_what_it_has_in_hand(
    house: House,
) -> None:
    held, release = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        held.set()
        await release.wait()

    house.bus.before_send.append(hold)
    async with probed(house) as process:
        await process.come_to(UP, UP, UP)
        house.bus.put(asked(1))
        await asyncio.wait_for(held.wait(), 8)
        os.kill(os.getpid(), signal.SIGTERM)
        await process.come_to(UP, UP, DOWN)
        assert await process.missing() == ["staying"]
        assert not house.bus.commits
        release.set()
        await until(lambda: house.bus.commits)
    assert len(house.bus.ids(PROGRESS_TOPIC)) == 1
    assert not house.bus.is_up
