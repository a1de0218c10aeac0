"""Fetched records are returned in order, bounded, and one by one on request."""

from types import SimpleNamespace
from typing import Any

import pytest

from shared.platform.consumer import fetch_buffer
from shared.platform.consumer.fetch_buffer import FetchBuffer
from shared.platform.kafka.bus import Partition

A, B, C = (Partition("letters.submitted", number) for number in range(3))


def record(at: Partition, offset: int, value: bytes = b"", headers: Any = ()) -> Any:
    return SimpleNamespace(
        topic=at.topic,
        partition=at.partition,
        offset=offset,
        key=None,
        value=value,
        headers=headers,
    )


def filled(*records: Any) -> FetchBuffer:
    buffer = FetchBuffer()
    for one in records:
        buffer.add(one)
    return buffer


def taken(buffer: FetchBuffer, *alone: Partition) -> dict[Partition, list[int]]:
    return {at: [one.offset for one in got] for at, got in buffer.take(alone=alone).items()}


def test_everything_is_taken_at_once() -> None:
    buffer = filled(record(A, 1), record(B, 5), record(A, 2))
    assert taken(buffer) == {A: [1, 2], B: [5]}
    assert not buffer
    assert taken(buffer) == {}


def test_partitions_taken_one_by_one_and_all_others_take_turns() -> None:
    """Neither may keep the other waiting."""
    buffer = filled(record(A, 1), record(A, 2), record(B, 1), record(C, 1))
    assert taken(buffer, A, B) == {A: [1]}
    buffer.add(record(C, 2))
    assert [taken(buffer, A, B) for _ in range(4)] == [{B: [1]}, {C: [1, 2]}, {A: [2]}, {}]


def test_what_is_dropped_is_handed_out_no_more_and_says_where_it_began() -> None:
    buffer = filled(record(A, 3), record(B, 1), record(A, 4))
    assert (buffer.drop(A), buffer.drop(A)) == (3, None)
    assert taken(buffer) == {B: [1]}


def test_room_ends_with_the_number_of_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_buffer, "MOST_RECORDS", 2)
    assert filled(record(A, 1)).has_room
    assert not filled(record(A, 1), record(B, 1)).has_room
    buffer = filled(record(A, 1), record(B, 1))
    buffer.drop(A)
    assert buffer.has_room


@pytest.mark.parametrize(
    "large",
    [{"value": b"x" * 1000}, {"headers": (("name", b"x" * 900),)}, {"headers": (("", None),) * 8}],
)
def test_room_ends_with_the_memory_that_records_take(
    monkeypatch: pytest.MonkeyPatch, large: dict[str, Any]
) -> None:
    """A million empty headers take more than they weigh on the wire."""
    monkeypatch.setattr(fetch_buffer, "MOST_BYTES", 1000)
    buffer = filled(record(A, 1, **large))
    assert not buffer.has_room
    taken(buffer)
    assert buffer.has_room
