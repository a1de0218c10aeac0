"""A loop survives failures of database and broker, pauses as configured, and hides no bug."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import pytest
from aiokafka.errors import KafkaConnectionError
from pymongo.errors import AutoReconnect

from shared.platform.letters.letters import TooManyRaces
from shared.platform.letters.periodic import run_periodically
from tests.support.builders import SECRETS


class Enough(Exception):
    """The test has seen enough."""


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that it was asked to take; it takes none."""
    rested: list[float] = []
    sleep = asyncio.sleep

    async def noting(seconds: float) -> None:
        rested.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", noting)
    return rested


def doing(
    outcomes: Sequence[int | Exception | None],
) -> Callable[[], Awaitable[int | None]]:
    """Work that ends so, one time after the other, and then has had enough."""
    left = [*outcomes, Enough()]

    async def work() -> int | None:
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return work


async def looped(
    *outcomes: int | Exception | None,
    pause_s: float | Callable[[float], float] = 5.0,
    retry_s: float | None = None,
    page: int | None = None,
) -> None:
    """Let it go on until it has had enough."""
    with pytest.raises(Enough):
        await run_periodically(
            doing(outcomes), name="working", pause_s=pause_s, retry_s=retry_s, page=page
        )


async def test_it_rests_after_each_time(rests: list[float]) -> None:
    await looped(None, 3, 0)
    assert rests == [5.0, 5.0, 5.0]


@pytest.mark.parametrize(
    "fault",
    [AutoReconnect(SECRETS[1]), KafkaConnectionError(SECRETS[1]), TooManyRaces(SECRETS[1])],
    ids=lambda fault: type(fault).__name__,
)
async def test_what_fails_it_is_said_and_it_is_tried_again_after_the_rest(
    fault: Exception, rests: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        await looped(fault, 1, fault, page=1)
    assert rests == [5.0, 5.0], "also where it would go on at once"
    said = [
        (one.message, getattr(one, "loop", ""), getattr(one, "fault", "")) for one in caplog.records
    ]
    assert said == [("loop failed", "working", type(fault).__name__)] * 2
    assert not any(secret in caplog.text for secret in SECRETS)


async def test_after_a_failure_the_delay_may_be_another(rests: list[float]) -> None:
    await looped(None, AutoReconnect(), None, retry_s=1.0)
    assert rests == [5.0, 1.0, 5.0]


async def test_after_a_whole_page_it_goes_on_at_once(rests: list[float]) -> None:
    await looped(10, 10, 9, 10, 0, page=10)
    assert rests == [5.0, 5.0]


async def test_a_rest_may_depend_on_how_long_it_took(rests: list[float]) -> None:
    asked: list[float] = []

    def pause_s(took_s: float) -> float:
        asked.append(took_s)
        return 2.5

    await looped(None, AutoReconnect(), pause_s=pause_s)
    assert rests == [2.5, 2.5]
    assert all(0 <= took_s < 1 for took_s in asked)


async def test_a_mistake_of_ours_ends_it() -> None:
    with pytest.raises(LookupError):
        await run_periodically(doing([LookupError()]), name="working", pause_s=0)


async def test_it_ends_when_cancelled() -> None:
    async def nothing() -> None:
        """Work without end."""

    running = asyncio.create_task(run_periodically(nothing, name="working", pause_s=0))
    await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
