"""A record that ends the router process is set aside before a supervisor would give up."""

import asyncio
from contextlib import aclosing
from functools import partial
from pathlib import Path

import pytest

from shared.contracts.bureau_v1 import ActionRefused
from shared.contracts.topics import SUBMITTED, actions_of, letters_of
from shared.platform.kafka.bus import Bus, Outbound
from tests.support.routers import RouterProcess, router_process
from tests.support.stack import Servers
from tests.support.waiting import until_true

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

PATIENCE_S = 60.0
DEATHS = 3
"""The supervisor gives up at five within a minute."""
EXIT = 3
DEADLY = b"deadly"
DYING = f"""
import os, runpy, sys
from shared.platform.letters.seals import Seals
read = Seals.read
Seals.read = lambda seals, raw: os._exit({EXIT}) if raw.key == {DEADLY!r} else read(seals, raw)
sys.argv = ["services.router"]
runpy.run_module("services.router", run_name="__main__", alter_sys=True)
"""
"""A router that exits when it reads one record."""
PARKED = 'mailbox_parking_parked_total{code="poison",topic="letters.submitted"}'


@pytest.mark.slow
async def test_the_router_outlives_it_and_goes_on(own_servers: Servers, tmp_path: Path) -> None:
    bus = own_servers.bus()
    await bus.start()
    written = [
        Outbound(SUBMITTED.name, DEADLY, b"{}", ()),
        Outbound(actions_of("foshan").name, b"GD-1", b"{", ()),
    ]
    assert await bus.send(written) == [None, None]
    for _ in range(DEATHS):
        async with router_process(own_servers, tmp_path, arguments=("-c", DYING)) as router:
            assert await _ended(router) == EXIT
    async with router_process(own_servers, tmp_path, arguments=("-c", DYING)) as router:
        await until_true(partial(router.shows, PARKED, 1.0))
        await until_true(partial(_is_answered, bus))
    await bus.stop()


async def _is_answered(bus: Bus) -> bool:
    """Whether the bureau received the refusal of its action, from any router."""
    async with aclosing(bus.since([letters_of("foshan").name], None)) as batches:
        types = [dict(one.headers)["ce_type"] async for batch in batches for one in batch]
    return types == [ActionRefused.type.encode()]


async def _ended(router: RouterProcess) -> int:
    async with asyncio.timeout(PATIENCE_S):
        return await router.process.wait()
