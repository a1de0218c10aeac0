"""The broker loses everything, ten times, with letters under way and others long ended.

The local broker keeps its records in memory: each of its deaths, and each restart of the stack,
leaves empty topics. Here the supervisor itself restarts the broker and what depends on it.
"""

import asyncio
from pathlib import Path

import httpx
import pytest

from deploy.local.stack.paths import StackPaths
from deploy.local.stack.ports import free_ports
from deploy.local.stack.supervisor import running_stack
from tests.chaos import comparing
from tests.chaos.evidence import witness
from tests.chaos.people import KINDS, People, Written
from tests.chaos.processes import SESSION_MS
from tests.chaos.town import AT_ONCE
from tests.support.reaching import operator_of

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(600)]

LIVES = 5
"""Restarts of the stack; in each the broker dies once, and each ends with letters under way."""
WITHIN_S = 90.0
PATIENCE_S = 300.0
"""A letter may live through several restarts, because the stack runs only for a short time."""


async def test_ten_times_the_broker_forgets_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in AT_ONCE.items():
        monkeypatch.setenv(name, value)
    ports = free_ports()
    environment = operator_of(StackPaths(tmp_path), ports)
    async with (
        httpx.AsyncClient(timeout=10) as client,
        witness(environment) as seen,
        asyncio.TaskGroup() as living,
    ):
        people = People(ports, client, patience_s=PATIENCE_S)
        letters = wave(0)
        async with running_stack(tmp_path, ports=ports, session_ms=SESSION_MS) as stack:
            await asyncio.gather(*map(people.live, letters))
            ideal = await comparing.settled(seen, people, letters)
        for life in range(1, LIVES + 1):
            async with running_stack(tmp_path, ports=ports, session_ms=SESSION_MS) as stack:
                for half in (0, 1):
                    new = wave(2 * life + half)
                    letters += new
                    for letter in new:
                        living.create_task(people.live(letter))
                    await asyncio.gather(*(people.has_number(letter) for letter in new))
                    if half == 0:
                        await stack.lose_broker(within_s=WITHIN_S)
        async with running_stack(tmp_path, ports=ports, session_ms=SESSION_MS):
            await comparing.ends_alike(seen, people, letters, ideal=ideal, within_s=WITHIN_S)


def wave(number: int) -> list[Written]:
    """One letter of each kind."""
    return [Written(f"chaos-{number:02d}-{kind}", kind) for kind in KINDS]
