"""Requested events are sent again unchanged by their writer, and many equal requests count once."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.fields import MOST
from shared.platform.kafka.bus import BusFault, Outbound
from shared.platform.letters import log_archive
from shared.platform.mongo.database import DatabaseFault
from tests.support.asking import WRITERS, Counted, Writer, request, resent
from tests.support.budget import budget
from tests.support.builders import PROGRESS_TOPIC
from tests.support.replicas import World

OTHER = "GD-TEST-0002"
IDS = dict.fromkeys(WRITERS, "i-1")


# --- some of a letter ----------------------------------------------------------------------------


async def test_what_is_asked_for_is_sent_again_byte_for_byte_in_order(
    world: World, writer: Writer, counted: Counted
) -> None:
    said = await writer.say("a", "b", "c", "d")
    marks = dict(writer.documents.kept)
    with resent(world) as sent:
        await writer.answer(request(2, 3))
    assert sent == said[1:3]
    assert writer.documents.kept == marks, "a resend changes no mark"
    assert counted() == {"answered": 1}


async def test_what_was_just_acknowledged_is_sent_all_the_same(
    world: World, writer: Writer
) -> None:
    said = await writer.say("a")
    for _ in range(2):
        with resent(world) as sent:
            await writer.answer(request(1, 1))
        assert sent == said


async def test_a_storm_of_requests_in_one_batch_is_answered_once(
    world: World, writer: Writer
) -> None:
    said = await writer.say("a", "b", "c", "d")
    others = await writer.say("e", letter=OTHER)
    with resent(world) as sent:
        await writer.answer(
            *[request(1, 3)] * 100, request(2, 4), request(4, 4), request(1, 1, subject=OTHER)
        )
    assert sent == [*said, *others]


async def test_beyond_what_exists_there_is_nothing(
    world: World, writer: Writer, counted: Counted
) -> None:
    said = await writer.say("a", "b")
    with resent(world) as sent:
        await writer.answer(request(2, MOST), request(3, 9))
    assert sent == said[1:]
    with resent(world) as sent:
        await writer.answer(request(3, 9), request(2, 1))
    assert sent == []
    assert counted() == {"answered": 1, "nothing": 1}


async def test_an_unknown_letter_and_another_ones_topic_are_passed_over(
    world: World, writer: Writer, counted: Counted
) -> None:
    await writer.say("a")
    stranger = replace(request(1, 1), key=OTHER.encode())
    headers = dict(stranger.headers) | {"ce_subject": OTHER.encode()}
    stranger = replace(stranger, headers=tuple(headers.items()))
    with resent(world) as sent:
        await writer.answer(
            request(1, 1, subject=OTHER),
            request(1, 1, topic=PROGRESS_TOPIC),
            request(1, 1, topic="letters.nowhere"),
            stranger,
        )
    assert sent == []
    assert counted() == {"unknown_letter": 1, "not_ours": 3}


async def test_what_is_no_request_is_passed_over(writer: Writer, counted: Counted) -> None:
    headers = dict(request(1, 1).headers) | {"ce_type": b"gd.mailbox.resend.thanked.v1"}
    unknown = replace(request(1, 1), headers=tuple(headers.items()))
    await writer.answer(unknown)
    assert counted() == {"unknown_type": 1}


@pytest.mark.parametrize("fate", ["refused", "lost"])
async def test_an_answer_is_acknowledged_or_the_request_is_taken_again(
    world: World, writer: Writer, fate: str
) -> None:
    said = await writer.say("a", "b")
    world.bus.fates += ["sent", fate]  # type: ignore[list-item]  # one of the literals
    with pytest.raises(BusFault):
        await writer.answer(request(1, 2))
    writer.documents.unread.append(True)
    with pytest.raises(DatabaseFault):
        await writer.answer(request(1, 2))
    with resent(world) as sent:
        await writer.answer(request(1, 2))
    assert sent == said


ranges = st.lists(st.tuples(st.integers(1, 14), st.integers(1, 14)), min_size=1, max_size=6)


@settings(max_examples=budget(60))
@given(count=st.integers(0, 12), wanted=ranges, limit=st.integers(1, 12))
def test_any_ranges_of_any_log_wherever_it_stands(
    count: int, wanted: list[tuple[int, int]], limit: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_archive, "MOST_ENTRIES", limit)
        patch.setattr(log_archive, "LEFT_ENTRIES", max(1, limit - 1))
        asyncio.run(_slices(count, wanted))


async def _slices(count: int, wanted: list[tuple[int, int]]) -> None:
    world = World()
    writer = Writer(world)
    said: list[Outbound] = []
    for number in range(count):
        said += await writer.say(f"n-{number}")
    with resent(world) as sent:
        await writer.answer(*(request(first, last) for first, last in wanted))
    asked_for = {at for first, last in wanted for at in range(first, last + 1)}
    assert sent == [one for at, one in enumerate(said, 1) if at in asked_for]


async def test_what_moved_to_the_collection_is_sent_from_there(
    world: World, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_archive, "MOST_ENTRIES", 4)
    monkeypatch.setattr(log_archive, "LEFT_ENTRIES", 2)
    said: list[Outbound] = []
    for number in range(9):
        said += await writer.say(f"n-{number}")
    assert len(writer.moved.kept) > 2
    with resent(world) as sent:
        await writer.answer(request(1, 9))
    assert sent == said
    with resent(world) as sent:
        assert await writer.resends.fill(IDS) == 9
    assert sent == said


async def test_what_another_incarnation_acknowledged_damps_nothing_whoever_filled_the_topic(
    world: World, writer: Writer
) -> None:
    await writer.resends.fill(IDS)
    said = await writer.say("a")
    anew = dict.fromkeys(WRITERS, "i-2")
    await writer.incarnations.complete(await writer.incarnations.checkpoint(WRITERS, anew))
    assert await writer.resends.fill(anew) == 0, "another replica has done it"
    with resent(world) as sent:
        await writer.sender.send([], again=said)
        await writer.resends.fill(anew)
        await writer.sender.send([], again=said)
    assert sent == said, "and what this one acknowledged does damp"


async def test_the_producer_is_taken_anew_under_other_ids_and_not_at_the_start(
    world: World, writer: Writer
) -> None:
    await writer.resends.fill(IDS)
    await writer.resends.fill(IDS)
    assert world.bus.renewals == 0
    await writer.resends.fill(dict.fromkeys(WRITERS, "i-2"))
    assert world.bus.renewals == 1
