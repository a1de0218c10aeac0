"""Gauges show passed clocks, levels not proposed and unseen emergencies."""

import asyncio
from datetime import timedelta

import pytest

from services.notifier.jobs import clock_gauges as module
from services.notifier.jobs.clock_gauges import ClockGauges
from shared.contracts.topics import DIVERTED, PROGRESS
from tests.notifier.story import DIVERTED as AN_EMERGENCY
from tests.notifier.story import LETTER, RED_AT, RULES, SEEN, fact, started
from tests.notifier.working import OurStage, firing, sample, settled
from tests.support.memory_shell import memory_shell
from tests.support.waiting import until

DIVERSION = "D-TEST-0001"
AT = AN_EMERGENCY.diverted_at


def shown(*names: str) -> tuple[float, ...]:
    return tuple(sample(f"mailbox_notifier_{name}") for name in names)


async def count(stage: OurStage) -> None:
    await ClockGauges(stage.documents, now=stage.now).count()


async def test_an_emergency_ages_until_somebody_has_seen_it() -> None:
    unseen = ("unseen_diversions", "oldest_unseen_diversion_seconds")
    async with memory_shell(RULES, at=AT + timedelta(minutes=2)) as stage:
        await count(stage)
        assert shown(*unseen) == (0, 0)
        await stage.hear(DIVERTED.name, DIVERSION, AN_EMERGENCY)
        await count(stage)
        assert shown(*unseen) == (1, 120), "it counts from when it was diverted"
        stage.now.pass_by(minutes=30)
        await firing(stage, is_urgent=True).fire()
        await settled(stage)
        await count(stage)
        assert shown(*unseen) == (1, 32 * 60), "a page to the desk is no person who has seen it"
        await stage.hear(DIVERTED.name, DIVERSION, SEEN)
        await count(stage)
        assert shown(*unseen) == (0, 0)


async def test_a_level_that_was_reached_ages_until_it_is_proposed() -> None:
    names = ("oldest_unfired_seconds", "overdue_letters", "due_soon_letters")
    async with memory_shell(RULES, at=RED_AT - timedelta(hours=1)) as stage:
        await stage.hear(PROGRESS.name, LETTER, fact(started()))
        await count(stage)
        assert list(shown(*names)) == [0, 0, 1]
        stage.now.pass_by(hours=1, seconds=42)
        await count(stage)
        assert list(shown(*names)) == [42, 1, 0]
        await firing(stage).fire()
        await settled(stage)
        await count(stage)
        assert list(shown(*names)) == [0, 1, 0]


async def test_counting_is_retried_when_the_database_fails(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0.001)
    async with memory_shell(RULES, at=RED_AT) as stage:
        before = shown("watched_timestamp_seconds")
        stage.documents.unread.append(True)
        running = asyncio.create_task(ClockGauges(stage.documents, now=stage.now).run())
        await until(lambda: shown("watched_timestamp_seconds") > before)
        assert "counting clocks" in {getattr(record, "loop", None) for record in caplog.records}
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
