"""What is counted: drafts that wait, and all letters, each once."""

import asyncio

from prometheus_client import REGISTRY

from services.publisher.domain.figures import Figures
from services.publisher.work import Counting, Figuring
from shared.contracts.topics import PROGRESS, SUBMITTED
from tests.notifier.stage import moment, staged
from tests.publisher.story import LETTER, OTHER, RULES, answered, copied
from tests.support.waiting import until

COUNTED_AT = "mailbox_publisher_figures_counted_timestamp_seconds"
WAITING = "mailbox_publisher_drafts_waiting"


async def test_waiting_drafts_are_counted() -> None:
    async with staged(RULES, at=moment(26)) as stage:
        counting = Counting(stage.documents, now=stage.now, pause_s=1)
        await counting.count()
        assert REGISTRY.get_sample_value(WAITING) == 0
        for letter in (LETTER, OTHER):
            await stage.hear(SUBMITTED.name, letter, copied())
        await counting.count()
        assert REGISTRY.get_sample_value(WAITING) == 2


async def test_counting_goes_on_when_the_database_fails() -> None:
    async with staged(RULES, at=moment(26)) as stage:
        stage.documents.unread.append(True)
        running = asyncio.create_task(Counting(stage.documents, now=stage.now, pause_s=0.001).run())
        await asyncio.sleep(0.02)
        assert not running.done()
        assert not stage.documents.unread
        running.cancel()


async def test_figures_are_counted_again_and_again_and_a_failing_database_is_waited_for() -> None:
    async with staged(RULES, at=moment(26)) as stage:
        await stage.hear(PROGRESS.name, LETTER, *answered())
        stage.documents.unread.append(True)
        figuring = Figuring(stage.documents, now=stage.now, pause_s=0.001)
        running = asyncio.create_task(figuring.run())
        await until(figuring.latest)
        running.cancel()
        counted = figuring.latest()
        assert counted is not None
        figures, at = counted
        assert (figures.letters, figures.share_read, at) == (1, 0.0, stage.now())
    assert REGISTRY.get_sample_value(COUNTED_AT) == moment(26).timestamp()


def test_without_letters_there_is_no_share() -> None:
    assert Figures().share_read is None
