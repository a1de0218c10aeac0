"""The loop sends a whole requested topic once, despite deaths and failures in between."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.contracts.fields import MOST
from shared.platform.kafka.bus import BusFault, Outbound
from shared.platform.mongo.database import DatabaseFault
from shared.platform.repair import incarnations, resends
from shared.platform.repair.resends import WHOLE_TOPIC_S
from tests.support.asking import WRITERS, Counted, Writer, request, resent
from tests.support.builders import PROGRESS_TOPIC, SUBMITTED_TOPIC
from tests.support.replicas import World
from tests.support.waiting import until

OTHER = "GD-TEST-0002"
IDS = dict.fromkeys(WRITERS, "i-1")


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


# --- interrupted ---------------------------------------------------------------------------------


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each letter is one step."""
    monkeypatch.setattr(incarnations, "CHUNK", 1)


async def said_by_letters(writer: Writer, count: int = 5) -> list[Outbound]:
    return [
        one
        for number in range(count)
        for one in await writer.say("a", "b", letter=f"GD-TEST-{number:04}")
    ]


@pytest.mark.usefixtures("small_steps")
async def test_whoever_was_interrupted_goes_on_after_the_last_step(
    world: World, writer: Writer
) -> None:
    said = await said_by_letters(writer)
    world.bus.fates += ["sent", "sent", "sent", "sent", "sent", "sent", "sent", "refused"]
    with resent(world) as sent, pytest.raises(BusFault):
        await writer.resends.fill(IDS)
    assert sent == said[:8], "three letters whole, and half of the fourth"
    again = Writer(world)
    again.documents.kept, again.notes.kept = writer.documents.kept, writer.notes.kept
    with resent(world) as sent:
        assert await again.resends.fill(IDS) == 4
    assert sent == said[6:]
    assert await again.incarnations.remade(IDS) == frozenset()


@pytest.mark.usefixtures("small_steps")
async def test_a_topic_made_anew_again_is_filled_from_the_beginning(
    world: World, writer: Writer
) -> None:
    said = await said_by_letters(writer)
    world.bus.fates += ["sent", "sent", "sent", "sent", "sent", "sent", "sent", "refused"]
    with pytest.raises(BusFault):
        await writer.resends.fill(IDS)
    with resent(world) as sent:
        await writer.resends.fill(dict.fromkeys(WRITERS, "i-2"))
    assert sent == said


@pytest.mark.usefixtures("small_steps")
async def test_what_is_asked_for_meanwhile_is_sent_from_the_beginning_whoever_dies(
    world: World, writer: Writer
) -> None:
    """Another replica's note of its own resend doesn't answer a later request."""
    said = await said_by_letters(writer)
    other = Writer(world)
    other.documents.kept, other.notes.kept = writer.documents.kept, writer.notes.kept
    world.bus.before_send += [_nothing, _nothing, lambda: other.answer(whole())]
    await writer.resends.fill(IDS)
    assert await writer.incarnations.remade(IDS) == WRITERS
    with resent(world) as sent:
        await writer.resends.fill(IDS)
    assert sent == said


async def _nothing() -> None:
    """Others do nothing."""
