"""A commit counts only under the incarnation that it was made for, by metadata or by note."""

import pytest
from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from shared.platform.consumer.positions import Positions
from shared.platform.mongo.database import DatabaseFault
from tests.support.doubles import Memory

A, B = TopicPartition("letters.submitted", 0), TopicPartition("letters.submitted", 1)
OLD, NEW = {"letters.submitted": "i-1"}, {"letters.submitted": "i-2"}


def commit(metadata: str) -> dict[TopicPartition, OffsetAndMetadata]:
    return {A: OffsetAndMetadata(7, metadata)}


@pytest.mark.parametrize(
    ("metadata", "noted", "is_trusted"),
    [
        ("i-2", None, True),
        ("i-1", None, False),
        ("i-1", NEW, False),
        ("", None, False),
        ("", OLD, False),
        ("", NEW, True),
        ("i-2", OLD, True),
    ],
)
async def test_a_commit_is_trusted(
    metadata: str, noted: dict[str, str] | None, *, is_trusted: bool
) -> None:
    positions = Positions(Memory())
    if noted:
        await positions.note([A], noted)
    assert await positions.trusted(commit(metadata), NEW) == ({A} if is_trusted else set())


async def test_what_was_never_committed_is_not_trusted_whatever_was_noted() -> None:
    positions = Positions(Memory())
    await positions.note([A, B], NEW)
    assert await positions.trusted({}, NEW) == set()


async def test_partitions_are_noted_one_by_one() -> None:
    kept = Memory()
    await Positions(kept).note([A], NEW)
    commits = {at: OffsetAndMetadata(7, "") for at in (A, B)}
    assert await Positions(kept).trusted(commits, NEW) == {A}


async def test_a_note_is_written_once_and_again_after_an_assignment() -> None:
    kept = Memory()
    positions = Positions(kept)
    await positions.note([A], OLD)
    writes = len(kept.writes)
    await positions.note([A], OLD)
    assert len(kept.writes) == writes
    await positions.trusted({}, NEW)
    await positions.note([A], NEW)
    assert await positions.trusted(commit(""), NEW) == {A}


@pytest.mark.parametrize("failures", [["before"], [None, "before"], ["after"]])
async def test_a_note_that_failed_is_not_trusted_and_made_good_by_the_next(
    failures: list[str],
) -> None:
    kept = Memory()
    positions = Positions(kept)
    kept.failures += failures  # type: ignore[arg-type]  # of the literals
    with pytest.raises(DatabaseFault):
        await positions.note([A], NEW)
    assert await Positions(kept).trusted(commit(""), NEW) == set()
    await positions.note([A], NEW)
    assert await Positions(kept).trusted(commit(""), NEW) == {A}
