"""Figures about waiting drafts and all letters, each counted once."""

import asyncio
from datetime import date, timedelta

from prometheus_client import REGISTRY

from services.publisher.domain.disclosure_control import LetterFigures, public_figures
from services.publisher.jobs import DraftGauge, FiguresCounter
from services.publisher.store import figures_before, keep_figures
from shared.contracts.topics import PROGRESS, SUBMITTED
from tests.publisher.story import LETTER, OTHER, RULES, answered, copied, received
from tests.support.doubles import Memory
from tests.support.memory_shell import memory_shell
from tests.support.moving import moment
from tests.support.waiting import until

COUNTED_AT = "mailbox_publisher_figures_counted_timestamp_seconds"
WAITING = "mailbox_publisher_drafts_waiting"


async def test_waiting_drafts_are_counted() -> None:
    async with memory_shell(RULES, at=moment(26)) as stage:
        counting = DraftGauge(stage.documents, now=stage.now, pause_s=1)
        await counting.count()
        assert REGISTRY.get_sample_value(WAITING) == 0
        for letter in (LETTER, OTHER):
            await stage.hear(SUBMITTED.name, letter, copied())
        await counting.count()
        assert REGISTRY.get_sample_value(WAITING) == 2


async def test_counting_goes_on_when_the_database_fails() -> None:
    async with memory_shell(RULES, at=moment(26)) as stage:
        stage.documents.unread.append(True)
        running = asyncio.create_task(
            DraftGauge(stage.documents, now=stage.now, pause_s=0.001).run()
        )
        await asyncio.sleep(0.02)
        assert not running.done()
        assert not stage.documents.unread
        running.cancel()


async def test_figures_are_counted_again_and_again_and_a_failing_database_is_waited_for() -> None:
    async with memory_shell(RULES, at=moment(26)) as stage:
        await stage.hear(PROGRESS.name, LETTER, *answered())
        stage.documents.unread.append(True)
        days = Memory()
        figuring = FiguresCounter(stage.documents, days, now=stage.now, pause_s=0.001)
        running = asyncio.create_task(figuring.run())
        await until(lambda: days.kept)
        stage.now.pass_by(days=1)
        await until(figuring.latest)
        running.cancel()
        shown = figuring.latest()
        assert shown is not None
        assert (shown.figures.letters, shown.counted_at) == (None, moment(26))
    assert REGISTRY.get_sample_value(COUNTED_AT) == moment(27).timestamp()


async def test_everyone_sees_the_last_count_of_a_day_that_is_over() -> None:
    async with memory_shell(RULES, at=moment(26)) as stage:
        days = Memory()
        figuring = FiguresCounter(stage.documents, days, now=stage.now, pause_s=1)
        for letters in range(1, 8):
            await stage.hear(PROGRESS.name, f"GD-{letters}", received())
            await figuring.count()
            assert figuring.latest() is None
            stage.now.pass_by(minutes=1)
        stage.now.pass_by(days=1)
        await stage.hear(PROGRESS.name, "GD-8", received())
        await FiguresCounter(stage.documents, days, now=stage.now, pause_s=1).count()
        await figuring.count()
        shown = figuring.latest()
        assert shown is not None
        assert shown.figures.letters == 7
        stage.now.pass_by(days=9)
        await figuring.count()
        later = figuring.latest()
        assert later is not None
        assert later.figures.letters == 8


async def test_an_older_count_of_a_day_never_replaces_a_later_one() -> None:
    days = Memory()
    for minute, letters in ((5, 9), (1, 6)):
        at = moment(26) + timedelta(minutes=minute)
        await keep_figures(days, public_figures(LetterFigures(letters=letters)), at=at)
    found = await figures_before(days, date(2026, 11, 27))
    assert found is not None
    assert found.figures.letters == 9
