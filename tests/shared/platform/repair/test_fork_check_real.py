"""On a real broker a service starts with its own database and refuses one without its events."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.platform.app.shell import Shell, build_shell
from shared.platform.repair.fork_check import DatabaseBehind
from shared.platform.runtime.clock import utc_now
from shared.platform.runtime.settings import ServiceSettings
from tests.support.builders import READS, WRITES, Diary, Note, rules, seals_of, told
from tests.support.stack import Servers

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]


@asynccontextmanager
async def connected(settings: ServiceSettings) -> AsyncIterator[Shell[Note, Diary]]:
    shell = build_shell(
        settings, rules(), seals=seals_of(), reads=READS, writes=WRITES, now=utc_now
    )
    try:
        await shell.connect()
        yield shell
    finally:
        await shell.bus.stop()
        shell.database.close()


async def say(shell: Shell[Note, Diary], *notes: str) -> None:
    await shell.letters.send(await shell.letters.decide_and_store([told(note) for note in notes]))


async def test_it_starts_with_its_own_database_and_with_no_other(
    own_servers: Servers, tmp_path: Path
) -> None:
    own, other = own_servers.settings(tmp_path), own_servers.settings(tmp_path)
    async with connected(own) as shell:
        await say(shell, "a", "b")
        await shell.fork_check.note()
    async with connected(own) as shell:
        await say(shell, "c")
    with pytest.raises(DatabaseBehind):
        async with connected(other):
            pass
    await own_servers.restart_broker()
    async with connected(other):
        pass
