"""Benchmarks measure what they claim, and notice losses. Small rounds of them.

Nothing is asserted about time, because a machine may be busy.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiokafka import TopicPartition

from tests.bench import growth, intake, outcome, router
from tests.bench.clones import numbers
from tests.bench.measures import Measure, WrongOutcome
from tests.bench.watch import Figures, Watch

AT, OTHER = TopicPartition("letters.submitted", 0), TopicPartition("letters.submitted", 1)
LETTERS = 60
"""More than are kept at once, and some for each bureau."""


class Fetched(NamedTuple):
    """A record as the Kafka client hands it out."""

    topic: str
    partition: int
    offset: int


class Records:
    """A Kafka consumer that returns the given records."""

    def __init__(self, *batches: dict[TopicPartition, Sequence[int]]) -> None:
        self._batches = iter(batches)

    async def getmany(self) -> dict[TopicPartition, list[Fetched]]:
        """The next batch."""
        return {
            at: [Fetched(at.topic, at.partition, offset) for offset in offsets]
            for at, offsets in next(self._batches, {}).items()
        }

    async def getone(self) -> Fetched:
        """The next record, of batches of one."""
        [[one]] = (await self.getmany()).values()
        return one

    async def commit(self, offsets: Any) -> None:
        """Nothing."""


# --- the watch ---------------------------------------------------------------------------------


async def test_a_round_ends_when_as_many_are_committed_wherever_the_topic_began() -> None:
    found: list[Figures] = []
    consumer: Any = Watch(4, done=found.append).over(
        Records({AT: (7, 8)}, {OTHER: (3, 4)}, {AT: (9, 10, 11, 12)})
    )
    await consumer.getmany()
    await consumer.commit({AT: 9})
    assert not found
    await consumer.getmany()
    await consumer.commit({OTHER: 5})
    assert [one["batch"] for one in found] == [2]
    await consumer.getmany()
    await consumer.commit({AT: 13})
    assert [one["batch"] for one in found] == [2, 4]


async def test_a_commit_without_offsets_is_of_what_was_handed_out() -> None:
    found: list[Figures] = []
    consumer: Any = Watch(2, done=found.append).over(Records({AT: (0,)}, {AT: (1,)}))
    await consumer.getone()
    await consumer.commit()
    assert not found
    await consumer.getone()
    await consumer.commit()
    assert [one["batch"] for one in found] == [1]


async def test_what_comes_again_is_not_counted_twice() -> None:
    found: list[Figures] = []
    consumer: Any = Watch(3, done=found.append).over(
        Records({AT: (0, 1)}, {AT: (0, 1)}, {AT: (2,)})
    )
    for end in (2, 2):
        await consumer.getmany()
        await consumer.commit({AT: end})
    assert not found
    await consumer.getmany()
    await consumer.commit({AT: 3})
    assert len(found) == 1


# --- what came out -----------------------------------------------------------------------------


@pytest.mark.parametrize("change", [Counter(x=1), Counter(x=-1)])
def test_a_lost_or_a_doubled_record_is_a_wrong_outcome(change: Counter[str]) -> None:
    wanted = outcome.wanted(numbers(21))
    some = next(iter(wanted))
    found = Counter(wanted)
    found[some] += change["x"]
    outcome.compare("records", wanted, wanted)
    with pytest.raises(WrongOutcome):
        outcome.compare("records", found, wanted)


# --- small rounds, on real servers -------------------------------------------------------------


@pytest.mark.real
@pytest.mark.slow
async def test_intake_and_its_floor_take_in_the_same_letters(tmp_path: Path) -> None:
    found = _by_name(
        await intake.measure(tmp_path, warm=10, count=LETTERS, turns="ABC", paced_turns="AB")
    )
    alone = {"intake.backlog", "intake.records"}
    assert {name for name, one in found.items() if not one.beside} == alone
    assert all(one.value > 0 for name, one in found.items() if name != "intake.backlog")
    assert found["intake.records"].value == 1


@pytest.mark.real
@pytest.mark.slow
async def test_the_router_its_floor_and_its_peer_route_the_same_letters(tmp_path: Path) -> None:
    found = _by_name(await router.measure(tmp_path, count=LETTERS, turns="RFP"))
    assert all(one.value > 0 and one.beside for one in found.values())
    parts = [found[f"router.cpu.{part}"].value for part in ("envelopes", "rest")]
    assert sum(parts) == pytest.approx(found["router.cpu"].value)
    # It promises the same: each letter is kept before it is sent, and noted afterwards.
    writes, batch = found["router.writes.faststream"], found["router.batch.faststream"]
    assert (writes.beside, batch.beside) == (2, 1)


@pytest.mark.real
@pytest.mark.slow
async def test_letters_are_routed_among_many_and_among_few(tmp_path: Path) -> None:
    sizes = growth.Sizes(stored=300, few=30, letters=LETTERS)
    found = _by_name(await growth.measure(tmp_path, sizes))
    assert set(found) == {"router.growth.cpu", "router.growth.wall"}
    assert all(one.value > 0 and one.beside for one in found.values())


def _by_name(measures: Sequence[Measure]) -> dict[str, Measure]:
    return {one.name: one for one in measures}
