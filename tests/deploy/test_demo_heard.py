"""The demo learns each letter with news once, also from a restarted broker."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import cast

import pytest

from deploy.local.demo.heard import HeardLetters
from shared.contracts.topics import PROGRESS
from shared.platform.kafka.bus import Bus, BusFault, Inbound
from tests.support.builders import asked


def record(letter: str, offset: int) -> Inbound:
    return replace(asked(1), topic=PROGRESS.name, partition=0, offset=offset, key=letter.encode())


class Broker:
    """The topic's content, in several lives of one broker."""

    def __init__(self, *lives: list[list[Inbound]]) -> None:
        self.lives = list(lives)

    async def follow(self, topic: str, partitions: int) -> AsyncGenerator[list[Inbound], None]:
        """One life of it."""
        assert (topic, partitions) == (PROGRESS.name, PROGRESS.partitions)
        if not self.lives:
            await asyncio.Event().wait()
        for batch in self.lives.pop(0):
            yield batch
        raise BusFault("gone")


async def test_what_was_heard_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.local.demo.heard.AGAIN_S", 0.0)
    one, other = record("GD-1", 0), record("GD-2", 1)
    broker = Broker([[one, other], [one], []], [[record("GD-3", 0)]])
    heard = HeardLetters()
    listening = asyncio.create_task(heard.listen(cast("Bus", broker)))
    while broker.lives or heard.count < 3:  # noqa: ASYNC110 - hearing has no end to wait for
        await asyncio.sleep(0)
    assert heard.take() == {"GD-1", "GD-2", "GD-3"}
    assert heard.take() == set()
    assert heard.count == 3
    listening.cancel()
    await asyncio.wait({listening})
