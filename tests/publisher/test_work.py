"""The gauge of waiting drafts."""

import asyncio

from prometheus_client import REGISTRY

from services.publisher.wiring import RULES
from services.publisher.work import Counting
from shared.contracts.topics import SUBMITTED
from tests.notifier.stage import moment, staged
from tests.publisher.story import LETTER, OTHER, copied

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
