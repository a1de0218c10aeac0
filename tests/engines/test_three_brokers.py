"""One letter's whole life on three brokers, of which one is killed halfway."""

import os
import signal
from pathlib import Path

import httpx
import pytest

from deploy.local.stack.supervisor import running_stack
from shared.contracts.topics import PROGRESS
from shared.platform.app.topic_bootstrap import copies
from tests.journeys import steps
from tests.journeys.people import People

pytestmark = [pytest.mark.engines, pytest.mark.real, pytest.mark.timeout(600)]

ON_THREE = {"MAILBOX_ENGINES": "kafka", "MAILBOX_BROKERS": "3"}


async def test_a_letter_goes_all_the_way_though_a_broker_dies(tmp_path: Path) -> None:
    async with (
        running_stack(tmp_path, session_ms=3_000, environment=ON_THREE) as stack,
        httpx.AsyncClient(timeout=15) as client,
    ):
        assert copies(PROGRESS, replication=stack.engines.brokers) == 3
        people = People(stack, client, patience_s=120.0)
        letter = await steps.is_submitted_and_routed(people)
        broker = stack.pids["broker"]
        os.kill(broker, signal.SIGKILL)
        await steps.has_a_clock(people, letter)
        await steps.is_answered_by_the_bureau(people, letter)
        await steps.is_read_and_rated(people, letter)
        await steps.is_published_after_approval(people, letter)
        await stack.replaced("broker", broker, within_s=120.0)
