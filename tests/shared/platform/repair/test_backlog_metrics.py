"""The backlog in a database is measured by topic and age, up to a bound, not during a scrape."""

import asyncio

import pytest

from shared.platform.repair import backlog_metrics as module
from shared.platform.repair.backlog_metrics import BacklogMetrics
from tests.support.builders import LETTER, WRITES, asked, told
from tests.support.replicas import World
from tests.support.samples import sample
from tests.support.waiting import until

OTHER = "GD-TEST-0002"
LETTERS, OLDEST = "mailbox_shell_unsent_letters", "mailbox_shell_oldest_unsent_seconds"
GAPS, OLDEST_GAP = "mailbox_shell_gap_letters", "mailbox_shell_oldest_gap_seconds"


def measuring(world: World) -> BacklogMetrics:
    return BacklogMetrics(world.documents, writes=WRITES, now=world.clock)


async def died(world: World, name: str, letter: str = LETTER) -> None:
    """A process that kept a command and died before sending."""
    await world.replica().letters.decide_and_store([told(name, letter=letter)])


async def test_unsent_effects_are_counted_at_their_topics_with_the_age_of_the_oldest(
    world: World,
) -> None:
    await died(world, "x")
    world.clock.pass_by(seconds=100)
    await died(world, "both-y", OTHER)
    world.clock.pass_by(seconds=6)
    await measuring(world).measure()
    assert sample(LETTERS, topic="letters.progress") == 2
    assert sample(OLDEST, topic="letters.progress") == 106
    assert sample(LETTERS, topic="bureau.letters") == 1
    assert sample(OLDEST, topic="bureau.letters") == 6


async def test_what_is_under_way_for_less_than_five_seconds_is_not_unsent(world: World) -> None:
    await died(world, "both-x")
    world.clock.pass_by(seconds=4.9)
    await measuring(world).measure()
    for topic in ("letters.progress", "bureau.letters"):
        assert (sample(LETTERS, topic=topic), sample(OLDEST, topic=topic)) == (0, 0)


async def test_a_gap_is_shown_after_a_minute_with_its_age_until_it_closes(world: World) -> None:
    await world.replica().hear(asked(3, letter=OTHER))
    world.clock.pass_by(seconds=59)
    await measuring(world).measure()
    assert (sample(GAPS), sample(OLDEST_GAP)) == (0, 0)
    world.clock.pass_by(seconds=2)
    await measuring(world).measure()
    assert (sample(GAPS), sample(OLDEST_GAP)) == (1, 61)
    await world.replica().hear(asked(1, letter=OTHER), asked(2, letter=OTHER))
    await measuring(world).measure()
    assert (sample(GAPS), sample(OLDEST_GAP)) == (0, 0)


async def test_it_counts_no_further_than_its_bound(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_COUNTED", 2)
    for number in range(4):
        await died(world, "x", f"GD-TEST-{number:04}")
    world.clock.pass_by(seconds=6)
    await measuring(world).measure()
    assert sample(LETTERS, topic="letters.progress") == 2


async def test_a_database_that_is_away_stops_the_heartbeat_and_is_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0.001)
    beat = "mailbox_shell_measured_timestamp_seconds"
    world.clock.pass_by(seconds=1_000)
    world.documents.unread.append(True)
    running = asyncio.create_task(measuring(world).run())
    await until(lambda: sample(beat) == world.clock().timestamp())
    assert "measuring" in {getattr(one, "loop", None) for one in caplog.records}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
