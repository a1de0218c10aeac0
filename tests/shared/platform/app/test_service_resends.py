"""A living service answers other readers, asks for what its letters miss, and heals a loss."""

from dataclasses import replace

import pytest

from shared.contracts.fields import MOST
from shared.platform.app import retry
from shared.platform.app import service as module
from shared.platform.app.shell import POSITIONS
from shared.platform.kafka.bus import Inbound, Outbound
from tests.support.asking import request, requests
from tests.support.builders import (
    ACTIONS_TOPIC,
    LETTER,
    PROGRESS_TOPIC,
    SUBMITTED_TOPIC,
    asked,
)
from tests.support.doubles import inbound_of
from tests.support.household import House
from tests.support.waiting import until

EVENTS = [f"{PROGRESS_TOPIC}/{LETTER}/{number}" for number in (1, 2, 3)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "LONGEST_PAUSE_S", 0.005)


def heard(record: Outbound) -> Inbound:
    """A request as it comes from the broker."""
    return inbound_of(record)


async def test_a_request_is_answered_before_its_offset_is_committed(house: House) -> None:
    house.bus.put(asked(1), asked(2), asked(3))
    async with house.consuming():
        await until(lambda: len(house.bus.ids(PROGRESS_TOPIC)) == 3)
        place = house.bus.home_of(heard(request(1, 1)))
        committed: list[bool] = []

        async def look() -> None:
            committed.append(place in house.bus.commits)

        house.bus.before_send.append(look)
        house.bus.put(heard(request(2, 9, topic=PROGRESS_TOPIC)))
        await until(lambda: place in house.bus.commits)
    assert committed == [False]
    assert house.bus.ids(PROGRESS_TOPIC) == [*EVENTS, *EVENTS[1:]]
    assert set(house.documents.kept) == {LETTER}, "a request makes no document"


async def test_requests_that_nobody_can_read_stop_nobody(house: House) -> None:
    broken = heard(request(1, 1, topic=PROGRESS_TOPIC))
    house.bus.put(replace(broken, value=b"{"))
    house.bus.put(heard(request(1, 1, topic=PROGRESS_TOPIC)), asked(1))
    async with house.consuming():
        await until(lambda: house.bus.ids(PROGRESS_TOPIC))
        place = house.bus.home_of(broken)
        await until(lambda: place in house.bus.commits and house.bus.commits[place].offset == 2)


async def test_the_consumer_of_now_is_whom_the_gaps_ask_about(house: House) -> None:
    house.bus.put(asked(3))
    async with house.consuming() as service:
        await until(lambda: LETTER in house.documents.kept and house.bus.commits)
        house.clock.pass_by(seconds=61)
        assert await service.shell.gaps.ask() == 1
        (one,) = requests(house.bus)
        assert (one.topic, one.from_sequence, one.to_sequence) == (SUBMITTED_TOPIC, 1, 2)
    house.clock.pass_by(minutes=10)
    assert await service.shell.gaps.ask() == 0, "who has stopped reading asks for nothing"


async def test_a_process_holds_letters_while_it_consumes_what_is_said_of_them(house: House) -> None:
    house.bus.put(asked(1))
    async with house.consuming() as service:
        shell = service.shell
        await until(lambda: shell.holds(LETTER, topic=SUBMITTED_TOPIC))
        assert not shell.holds(LETTER, topic=PROGRESS_TOPIC), "it only writes there"
    assert not shell.holds(LETTER, topic=SUBMITTED_TOPIC)


async def test_a_process_has_read_all_once_it_has_dealt_with_what_stood_there(house: House) -> None:
    house.bus.put(asked(1))
    async with house.consuming() as service:
        assert not service.shell.has_read_all(), "nothing is assigned yet"
        await until(service.shell.has_read_all)
        assert LETTER in house.documents.kept
        house.bus.put(asked(2))
        assert not service.shell.has_read_all()
        await until(service.shell.has_read_all)
        assert house.documents.kept[LETTER]["seen"] == {"submitted": 2}
    assert not service.shell.has_read_all()


async def lose(house: House, *topics: str) -> None:
    """Note what a consumer notes when retention removed unread records."""
    await house.build().shell.positions.note_lost(topics)


async def test_after_a_loss_the_log_is_sent_and_the_whole_topic_asked_for(house: House) -> None:
    house.bus.put(asked(1))
    async with house.consuming():
        await until(lambda: house.bus.commits)
    await lose(house, SUBMITTED_TOPIC, ACTIONS_TOPIC)
    async with house.consuming() as service:
        await until(lambda: service.ready.parts["consuming"])
    assert house.bus.ids(PROGRESS_TOPIC) == [EVENTS[0]] * 2
    (one,) = requests(house.bus)
    assert (one.topic, one.subject, one.to_sequence) == (SUBMITTED_TOPIC, "all", MOST)
    assert await service.shell.positions.lost() == frozenset()


@pytest.mark.parametrize("failing", ["own log", "request", "settling"])
async def test_a_loss_is_kept_in_mind_until_all_is_done(house: House, failing: str) -> None:
    house.bus.put(asked(1))
    async with house.consuming():
        await until(lambda: house.bus.commits)
    await lose(house, SUBMITTED_TOPIC)
    if failing == "settling":
        house.database.collection(POSITIONS).failures.append("before")
    else:
        house.bus.fates += ["refused"] if failing == "own log" else ["sent", "refused"]
    async with house.consuming() as service:
        await until(lambda: service.ready.parts["consuming"])
    assert house.bus.ids(PROGRESS_TOPIC)[1:] == [EVENTS[0]] * (1 if failing == "own log" else 2)
    assert len(requests(house.bus)) == (2 if failing == "settling" else 1)
    assert await service.shell.positions.lost() == frozenset()


async def test_a_loss_that_is_found_while_reading_begins_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_S", 3_600)
    house.bus.put(asked(1), asked(2), asked(3))
    async with house.consuming() as service:
        place = house.bus.home_of(asked(1))
        await until(lambda: place in house.bus.commits and house.bus.commits[place].offset == 3)
        house.bus.commits[place] = house.bus.commits[place]._replace(offset=1)
        house.bus.removed[place] = 2
        await house.bus.consumers[-1].rebalance()
        await until(lambda: requests(house.bus))
        await until(lambda: len(house.bus.consumers) == 2 and service.ready.parts["consuming"])
    assert house.bus.ids(PROGRESS_TOPIC)[3:6] == EVENTS
    assert len(requests(house.bus)) == 1, "found once"
