"""Early events wait in a bounded buffer; those that don't fit are noted, and their gap is seen."""

from dataclasses import replace

import bson
import pytest

from shared.platform.kafka.bus import Inbound
from shared.platform.letters.reorder_buffer import MOST_BYTES, MOST_EVENTS, ReorderBuffer
from tests.support.builders import LETTER, asked, fired
from tests.support.replicas import World


def large(sequence: int, size: int) -> Inbound:
    return replace(asked(sequence), value=b"x" * size)


def test_what_waits_comes_out_as_it_went_in() -> None:
    early = ReorderBuffer()
    assert early.put("submitted", 2, raw=asked(2))
    assert early.get("submitted", 2) == asked(2)
    assert early.get("submitted", 3) is None
    assert early.get("deadlines", 2) is None


def test_it_survives_the_database() -> None:
    early = ReorderBuffer()
    for raw, mark, at in ((asked(2), "submitted", 2), (fired(7), "deadlines", 7)):
        early.put(mark, at, raw=raw)
    assert ReorderBuffer.of_document(bson.decode(bson.encode(early.to_document()))).get(
        "deadlines", 7
    ) == replace(fired(7), appended_at=fired(7).appended_at.replace(tzinfo=None))


def test_sixty_four_fit_and_no_more_over_all_topics() -> None:
    early = ReorderBuffer()
    for number in range(MOST_EVENTS // 2):
        assert early.put("submitted", number + 2, raw=large(number + 2, 1))
        assert early.put("deadlines", number + 2, raw=large(number + 2, 1))
    assert not early.put("submitted", 500, raw=large(500, 1))
    assert early.get("submitted", 500) is None
    assert early.put("submitted", 2, raw=large(2, 1)), "it waits already"
    early.drop("deadlines", up_to=2)
    assert early.put("submitted", 500, raw=large(500, 1))


def test_a_mebibyte_fits_and_no_more() -> None:
    early = ReorderBuffer()
    assert early.put("submitted", 2, raw=large(2, MOST_BYTES - 10))
    assert not early.put("submitted", 3, raw=large(3, 11))
    assert early.put("submitted", 4, raw=large(4, 10))


def test_what_waits_already_is_not_replaced() -> None:
    early = ReorderBuffer()
    early.put("submitted", 2, raw=large(2, 5))
    early.put("submitted", 2, raw=large(2, 6))
    kept = early.get("submitted", 2)
    assert kept is not None
    assert len(kept.value) == 5


def test_dropping_forgets_all_up_to_there() -> None:
    early = ReorderBuffer()
    for number in (2, 3, 4):
        early.put("submitted", number, raw=asked(number))
    early.drop("submitted", up_to=3)
    assert [early.get("submitted", number) is not None for number in (2, 3, 4)] == [
        False,
        False,
        True,
    ]
    early.drop("submitted", up_to=4)
    assert early == ReorderBuffer()


def test_a_copy_goes_its_own_way() -> None:
    early = ReorderBuffer()
    early.put("submitted", 2, raw=asked(2))
    copy = early.copy()
    copy.put("submitted", 3, raw=asked(3))
    copy.drop("submitted", up_to=2)
    assert early.get("submitted", 2) is not None
    assert early.get("submitted", 3) is None


@pytest.mark.parametrize("size", [1, 40_000])
async def test_what_does_not_fit_is_heard_and_its_gap_is_seen_until_it_comes_again(
    size: int,
) -> None:
    """One event too many, and more bytes than a mebibyte."""
    world = World()
    replica = world.replica()
    last = MOST_EVENTS + 2
    padding = (("padding", b"x"),) if size == 1 else ()
    raws = [asked(number, f"ask-{number}") for number in range(1, last + 1)]
    raws = [
        replace(one, value=one.value + b" " * size, headers=one.headers + padding) for one in raws
    ]
    await replica.hear(*raws[1:])
    found = world.document()
    assert found["heard"] == {"submitted": last}
    assert len(found["early"]["submitted"]) < last - 1
    assert "gap_since" in found
    world.clock.pass_by(seconds=90)
    await replica.hear(raws[0])
    stuck = world.document()
    assert stuck["seen"]["submitted"] < last, "or nothing was left out"
    assert stuck["gap_since"] == found["gap_since"], "the gap is as old as it was"
    await replica.hear(*raws)
    healed = world.document()
    assert healed["seen"] == {"submitted": last}
    assert "gap_since" not in healed
    assert healed["early"] == {}
    assert world.state(LETTER).notes == tuple(f"ask-{number}" for number in range(1, last + 1))
