"""Everything dies at the same moment with 500 letters under way, and all of them end.

Services, bureaus, broker and database get SIGKILL while people still write; after a restart every
letter ends as it does without failures, each writer gets each message once, and the audit finds
nothing.
"""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from deploy.local.stack.ports import Ports, variable
from tests.chaos import comparing
from tests.chaos.evidence import Ending
from tests.chaos.people import ELSEWHERE, PLAIN, Written
from tests.chaos.town import Town, luck_of, town

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(600)]

HELD, MOVING = 540, 60
"""Letters that their bureau doesn't touch before the end, and letters anywhere on their way."""
ENOUGH = 560
"""How many have their numbers when everything dies."""
AT_ONCE = 16
PATIENCE_S = 300.0
CLEAN = 0


async def test_everything_dies_at_once_with_500_letters_under_way(tmp_path: Path) -> None:
    luck = luck_of("all at once")
    async with town(tmp_path) as mailbox:
        ideal = await _learnt(mailbox)
        await mailbox.processes.stop("bureaus")
        mailbox.processes.instruct("bureaus", MAILBOX_BUREAUS_HOLD="guangzhou")
        await mailbox.processes.start("bureaus")
        letters = [Written(f"chaos-held-{n:03d}", PLAIN) for n in range(HELD)]
        letters += [Written(f"chaos-moving-{n:03d}", ELSEWHERE) for n in range(MOVING)]
        luck.shuffle(letters)
        enough = asyncio.Event()
        writing = asyncio.create_task(_write_all(mailbox, letters, enough))
        await enough.wait()
        await mailbox.processes.kill()
        assert sum(letter.number != "" for letter in letters if letter.kind == PLAIN) >= 500
        assert not writing.done()
        mailbox.processes.instruct("bureaus", MAILBOX_BUREAUS_HOLD="")
        await mailbox.processes.start()
        await writing
        await comparing.ends_alike(
            mailbox.witness, mailbox.people, letters, ideal=ideal, within_s=PATIENCE_S
        )
        code, printed = await _audit(tmp_path, mailbox.ports)
        assert code == CLEAN, printed


async def _learnt(mailbox: Town) -> Mapping[str, Ending]:
    """How such letters end without failures."""
    letters = [Written(f"chaos-ideal-{kind}", kind) for kind in (PLAIN, ELSEWHERE)]
    await asyncio.gather(*map(mailbox.people.live, letters))
    return await comparing.settled(mailbox.witness, mailbox.people, letters)


async def _write_all(mailbox: Town, letters: Sequence[Written], enough: asyncio.Event) -> None:
    """Send all letters, a few at a time; report when enough have their numbers."""
    room = asyncio.Semaphore(AT_ONCE)

    async def write(letter: Written) -> None:
        async with room:
            await mailbox.people.write(letter)
        if sum(one.number != "" for one in letters) >= ENOUGH:
            enough.set()

    await asyncio.gather(*map(write, letters))


async def _audit(folder: Path, ports: Ports) -> tuple[int, str]:
    """The audit's exit code and output for this stack."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.local", "audit"),
        env={
            **os.environ,
            "MAILBOX_LOCAL_DIR": str(folder),
            **{variable(name): str(port) for name, port in ports.named().items()},
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()
