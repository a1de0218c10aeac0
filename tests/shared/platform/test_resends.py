"""What is asked for is sent again as it was, by who wrote it, and a storm of requests just once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.fields import MOST
from shared.platform import history, resends
from shared.platform.bus import BusFault, Outbound
from shared.platform.database import DatabaseFault
from shared.platform.resends import WHOLE_TOPIC_S
from shared.platform.shell_metrics import REQUESTS
from tests.support.asking import WRITERS, Writer, request
from tests.support.builders import PROGRESS_TOPIC, SUBMITTED_TOPIC
from tests.support.replicas import World
from tests.support.waiting import until

OTHER = "GD-TEST-0002"
IDS = dict.fromkeys(WRITERS, "i-1")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def writer(world: World) -> Writer:
    return Writer(world)


class Counted:
    """How many requests ended how since the beginning of the test."""

    NAMES = ("answered", "nothing", "unknown_letter", "not_ours", "unknown_type", "repeated",
             "whole_topic")  # fmt: skip

    def __init__(self) -> None:
        self._before = self._now()

    def __call__(self) -> dict[str, int]:
        """By outcome, without those that didn't happen."""
        now = self._now()
        return {
            name: now[name] - self._before[name] for name in now if now[name] > self._before[name]
        }

    def _now(self) -> dict[str, int]:
        return {name: round(REQUESTS.labels(name)._value.get()) for name in self.NAMES}


@pytest.fixture
def counted() -> Counted:
    return Counted()


@contextmanager
def resent(world: World) -> Iterator[list[Outbound]]:
    """What is sent within the block, once it has ended."""
    begun = len(world.bus.sends)
    found: list[Outbound] = []
    yield found
    found += [one for sent in world.bus.sends[begun:] for one in sent]


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


@settings(max_examples=60, deadline=None)
@given(count=st.integers(0, 12), wanted=ranges, limit=st.integers(1, 12))
def test_any_ranges_of_any_log_wherever_it_stands(
    count: int, wanted: list[tuple[int, int]], limit: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "MOST_ENTRIES", limit)
        patch.setattr(history, "LEFT_ENTRIES", max(1, limit - 1))
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
    monkeypatch.setattr(history, "MOST_ENTRIES", 4)
    monkeypatch.setattr(history, "LEFT_ENTRIES", 2)
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
    await writer.incarnations.remember(WRITERS, anew)
    assert await writer.resends.fill(anew) == 0, "another replica has done it"
    with resent(world) as sent:
        await writer.sender.send([], again=said)
        await writer.resends.fill(anew)
        await writer.sender.send([], again=said)
    assert sent == said, "and what this one acknowledged does damp"


# --- a whole topic -------------------------------------------------------------------------------


def whole() -> Outbound:
    return request(1, MOST, subject="all")


@contextmanager
def running(writer: Writer) -> Iterator[None]:
    task = asyncio.ensure_future(writer.resends.run())
    yield
    task.cancel()


async def test_a_whole_topic_is_sent_by_the_loop_and_remembered(
    world: World, writer: Writer, counted: Counted
) -> None:
    said = [*await writer.say("a", "b"), *await writer.say("c", letter=OTHER)]
    await writer.resends.fill(IDS)
    with resent(world) as sent:
        await writer.answer(whole(), whole(), request(1, MOST, subject="all", topic=PROGRESS_TOPIC))
    assert sent == []
    assert await writer.incarnations.remade(IDS) == WRITERS
    with resent(world) as sent, running(writer):
        await until(lambda: writer.notes.kept[SUBMITTED_TOPIC]["incarnation"])
    assert sent == said
    assert await writer.incarnations.remade(IDS) == frozenset()
    assert counted() == {"whole_topic": 1, "repeated": 1, "not_ours": 1}


async def test_a_process_that_dies_before_leaves_it_to_the_next_start(
    world: World, writer: Writer
) -> None:
    said = await writer.say("a")
    await writer.resends.fill(IDS)
    await writer.answer(whole())
    again = Writer(world)
    again.documents.kept, again.notes.kept = writer.documents.kept, writer.notes.kept
    with resent(world) as sent:
        assert await again.resends.fill(IDS) == 1
    assert sent == said


async def test_a_whole_topic_is_sent_at_most_once_a_minute(
    world: World, writer: Writer, counted: Counted
) -> None:
    await writer.say("a")
    await writer.resends.fill(IDS)
    for seconds in (0, 1, WHOLE_TOPIC_S - 2, 1, 1):
        world.clock.pass_by(seconds=seconds)
        await writer.answer(whole())
    assert counted() == {"whole_topic": 2, "repeated": 3}


async def test_a_note_that_failed_is_made_again(writer: Writer, counted: Counted) -> None:
    await writer.say("a")
    await writer.resends.fill(IDS)
    writer.notes.failures.append("before")
    with pytest.raises(DatabaseFault):
        await writer.answer(whole())
    await writer.answer(whole())
    assert counted() == {"whole_topic": 1}


async def test_a_whole_topic_that_failed_is_sent_again(
    world: World, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resends, "PAUSE_S", 0.001)
    said = await writer.say("a", "b")
    await writer.resends.fill(IDS)
    await writer.answer(whole())
    world.bus.fates += ["sent", "refused"]
    with resent(world) as sent, running(writer):
        await until(lambda: writer.notes.kept[SUBMITTED_TOPIC]["incarnation"])
    assert sent == [*said, *said]


async def test_topics_made_anew_meanwhile_are_not_taken_for_filled(
    world: World, writer: Writer
) -> None:
    """The half that went to the old topic is no reason to call the new one filled."""
    await writer.say("a")
    await writer.resends.fill(IDS)
    await writer.answer(whole())

    async def made_anew() -> None:
        writer.resends._ids = dict.fromkeys(WRITERS, "i-2")

    world.bus.before_send.append(made_anew)
    with running(writer):
        await until(lambda: writer.notes.kept[SUBMITTED_TOPIC]["incarnation"])
    assert await writer.incarnations.remade(dict.fromkeys(WRITERS, "i-2")) == WRITERS
