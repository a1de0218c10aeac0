"""The number and age of unhandled records are measured by topic, also while a batch is stuck."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import pytest
from aiokafka import TopicPartition

from shared.contracts.topics import SUBMITTED, actions_of
from shared.platform.consumer import lag as module
from shared.platform.consumer.lag import Lag
from shared.platform.consumer.partitions import Partitions
from tests.support.builders import asked
from tests.support.consuming import Fetched
from tests.support.doubles import START, Clock
from tests.support.samples import sample
from tests.support.scene import Scene
from tests.support.waiting import until

RECORDS = "mailbox_consumer_lag_records"
OLDEST = "mailbox_consumer_oldest_unprocessed_seconds"
FIRST, SECOND = (TopicPartition(SUBMITTED.name, number) for number in (0, 1))
FOSHAN, ZHUHAI = (TopicPartition(actions_of(slug).name, 0) for slug in ("foshan", "zhuhai"))


@dataclass
class Places:
    """Partitions, with a position and an end each."""

    known: dict[TopicPartition, tuple[int, int | None]] = field(default_factory=dict)

    @property
    def ours(self) -> frozenset[TopicPartition]:
        """All of them."""
        return frozenset(self.known)

    def position(self, at: TopicPartition) -> int:
        """The first offset that isn't handled."""
        return self.known[at][0]

    def end(self, at: TopicPartition) -> int | None:
        """The offset after the last."""
        return self.known[at][1]


@pytest.fixture
def places() -> Places:
    return Places()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lag(places: Places, clock: Clock) -> Lag:
    topics = (SUBMITTED.name, FOSHAN.topic, ZHUHAI.topic)
    return Lag(cast("Partitions", places), topics, now=clock)


def shown(topic: str) -> tuple[float, float]:
    return sample(RECORDS, topic=topic), sample(OLDEST, topic=topic)


def fetched(at: TopicPartition) -> dict[TopicPartition, list[Fetched]]:
    """A record that the broker has had since the start."""
    return {at: [Fetched(asked(1), at, 0)]}


def test_records_of_all_partitions_of_a_topic_are_summed(lag: Lag, places: Places) -> None:
    places.known = {FIRST: (3, 10), SECOND: (5, 6), FOSHAN: (0, 2), ZHUHAI: (1, 4)}
    lag.show()
    assert shown("letters.submitted")[0] == 8
    assert shown("bureau.actions")[0] == 5


def test_the_age_is_that_of_the_oldest_record_fetched_and_not_handled(
    lag: Lag, places: Places, clock: Clock
) -> None:
    places.known = {FIRST: (0, 1), SECOND: (0, 1)}
    clock.pass_by(seconds=90)
    lag.note(fetched(FIRST))
    lag.show()
    assert shown("letters.submitted") == (2, 90)
    clock.pass_by(days=14)
    lag.show()
    assert shown("letters.submitted") == (2, 90 + timedelta(days=14).total_seconds())


def test_what_was_not_fetched_yet_is_as_old_as_it_is_known_for(
    lag: Lag, places: Places, clock: Clock
) -> None:
    places.known = {FIRST: (0, 1)}
    lag.show()
    clock.pass_by(seconds=7)
    lag.show()
    assert shown("letters.submitted") == (1, 7)


@pytest.mark.parametrize("place", [(5, 5), (6, 5), (5, None)], ids=["read", "beyond", "unknown"])
def test_with_nothing_to_go_it_shows_nothing(
    lag: Lag, places: Places, clock: Clock, place: tuple[int, int | None]
) -> None:
    places.known = {FIRST: (0, 1)}
    lag.note(fetched(FIRST))
    lag.show()
    places.known = {FIRST: place}
    clock.pass_by(seconds=60)
    lag.show()
    assert shown("letters.submitted") == (0, 0)


def test_a_partition_that_went_to_another_process_is_its_to_show(
    lag: Lag, places: Places, clock: Clock
) -> None:
    places.known = {FIRST: (0, 1)}
    lag.note(fetched(FIRST))
    places.known = {}
    clock.pass_by(seconds=60)
    lag.show()
    assert shown("letters.submitted") == (0, 0)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shown at once."""
    monkeypatch.setattr(module, "SHOWN_EACH_S", 0.001)


@pytest.mark.usefixtures("quick")
async def test_a_batch_in_hand_counts_until_it_is_handled() -> None:
    scene = Scene()
    scene.hand.may_go.clear()
    scene.bus.put(asked(1), asked(2))
    async with scene.consuming():
        await until(lambda: shown("letters.submitted")[0] == 2)
        scene.hand.may_go.set()
        await until(lambda: shown("letters.submitted") == (0, 0))
    assert sample("mailbox_consumer_last_poll_timestamp_seconds") > START.timestamp()
