"""The counterexamples of the protocol's model about topics and parked records, with the real shell.

See test_counterexamples.py: each test fails when the clause that it is named after is taken out.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from aiokafka.structs import OffsetAndMetadata

from shared.platform.app import retry
from shared.platform.app import service as service_module
from shared.platform.app.service import Service
from shared.platform.consumer import consumer as consumer_module
from shared.platform.letters.dead_letters import NotParked
from tests.support.builders import LETTER, PROGRESS_TOPIC, SUBMITTED_TOPIC, asked, progress
from tests.support.household import House
from tests.support.meddling import die_after_keeping
from tests.support.parked import Stage
from tests.support.scene import IDS, Scene
from tests.support.topics import bootstrapped
from tests.support.waiting import until

MOST_STEPS = 60


# --- parked records ------------------------------------------------------------------------------


async def test_f05_a_parked_record_stays_until_what_it_caused_is_sent() -> None:
    """A zombie with newer code applied it and died; the operator's process dies at every step."""
    stage = Stage()
    await stage.park(asked(1))
    await die_after_keeping(stage.world, asked(1))
    for dies_at in count(1):
        assert dies_at < MOST_STEPS
        try:
            done = await stage.tried("replay", 1, dies_at=dies_at)
        except NotParked:
            break
        assert stage.parked.kept or stage.said() == progress(1)
        if done:
            break
    assert stage.said() == progress(1)
    assert stage.is_settled()


# --- topics made anew, and what they lose --------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures are tried again, and incarnations looked at, at once."""
    monkeypatch.setattr(consumer_module, "LONGEST_PAUSE_S", 0.002)
    monkeypatch.setattr(retry, "LONGEST_PAUSE_S", 0.002)
    monkeypatch.setattr(service_module, "CHECK_S", 0.005)


@asynccontextmanager
async def consuming(house: House) -> AsyncIterator[Service]:
    """The service is up and has joined its group."""
    async with house.consuming() as service:
        await until(lambda: service.ready.parts["consuming"])
        yield service


@pytest.mark.usefixtures("quick")
async def test_f06_topics_made_anew_under_a_running_service_are_filled(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.bus.put(asked(1))
    async with consuming(house):
        await until(lambda: house.bus.commits)
        house.bus.topics.clear()
        house.bus.partitioned.clear()
        bootstrapped(house.bus, "i-2")
        await until(lambda: house.bus.ids(PROGRESS_TOPIC) == progress(1))


@pytest.mark.usefixtures("quick")
async def test_f07_an_offset_of_an_earlier_topic_counts_for_nothing() -> None:
    """The new topic starts with the later event; where the old one ended proves nothing."""
    scene = Scene()
    scene.bus.put(asked(2), asked(1))
    scene.bus.commits[scene.bus.home_of(asked(1))] = OffsetAndMetadata(1, "i-1")
    async with scene.consuming(dict.fromkeys(IDS, "i-2")):
        await until(lambda: len(scene.hand.ids) == 2)
    assert scene.hand.ids == [f"{SUBMITTED_TOPIC}/{LETTER}/{number}" for number in (2, 1)]


@pytest.mark.usefixtures("quick")
async def test_f08_what_retention_took_before_its_commit_is_made_good(tmp_path: Path) -> None:
    """The second record's effect was kept and never sent, and its record is gone."""
    house = House(tmp_path)
    house.bus.put(asked(1), asked(2))
    place = house.bus.home_of(asked(1))
    async with consuming(house) as service:
        await until(lambda: house.bus.commits)
        seals = service.shell.seals
        await service.shell.letters.decide_and_store([seals.read(asked(3))])
    house.bus.put(asked(3))
    house.bus.removed[place] = 3
    async with consuming(house):
        await until(lambda: progress(3)[0] in house.bus.ids(PROGRESS_TOPIC))
