"""Two routers share the letters; when one is killed, the other takes over its share at once.

The dead one is not restarted. Every bureau's `listen` command then shows each letter from its
assignment to its answer: complete, once, in order.
"""

import asyncio
import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.stack.plan import url
from deploy.local.stack.ports import free_ports
from services.router.store.documents import READS
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.topics import BY_NAME, SUBMITTED
from tests.chaos.people import ELSEWHERE, PLAIN, Written
from tests.chaos.town import Town, town
from tests.support.waiting import until_true

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

STAYS, DIES = "router", "second-router"
PLACES: Mapping[str, str] = {PLAIN: "guangzhou", ELSEWHERE: "foshan"}
"""The bureau of each kind of letters."""
WHOLE = Counter(
    {
        "letter.assigned": 1,
        "letter.identity": 1,
        "letter.accepted": 1,
        "letter.replied": 1,
        "action.applied": 2,
    }
)
"""The events that a bureau receives about a letter that it accepts and answers."""
PARTITIONS = sum(BY_NAME[topic].partitions for topic in READS)


class Pair:
    """Two routers of one mailbox, seen by their metrics."""

    def __init__(self, mailbox: Town, client: httpx.AsyncClient, *, second: int) -> None:
        """`second`: the port of the one that dies."""
        self._client = client
        self._ports = {STAYS: mailbox.ports.router, DIES: second}

    async def partitions(self, name: str) -> float:
        """The number of partitions that it consumes."""
        return await self._shows(name, "mailbox_consumer_assigned_partitions")

    async def has_all(self, name: str) -> bool:
        """Whether it has every partition; the letters may have ended before it took over."""
        return await self.partitions(name) == PARTITIONS

    async def took(self, name: str) -> float:
        """The number of letters that it has processed."""
        wanted = {"topic": SUBMITTED.name, "type": LetterSubmitted.type, "outcome": "applied"}
        return await self._shows(name, "mailbox_shell_inputs_total", **wanted)

    async def share_all(self) -> bool:
        """Whether each has some of the partitions, and none is left out."""
        found = [await self.partitions(name) for name in (STAYS, DIES)]
        return sum(found) == PARTITIONS and min(found) > 0

    async def _shows(self, name: str, metric: str, **labels: str) -> float:
        page = await self._client.get(f"{url(self._ports[name])}/metrics")
        return sum(
            one.value
            for family in text_string_to_metric_families(page.raise_for_status().text)
            for one in family.samples
            if one.name == metric and labels.items() <= one.labels.items()
        )


@pytest.mark.slow
async def test_two_routers_share_the_letters_and_what_one_leaves_the_other_takes_up(
    tmp_path: Path,
) -> None:
    second = free_ports().router
    async with town(tmp_path) as mailbox, httpx.AsyncClient(timeout=10) as client:
        pair = Pair(mailbox, client, second=second)
        mailbox.processes.twin(DIES, of=STAYS, port=second)
        await mailbox.processes.start(DIES)
        await until_true(pair.share_all)

        letters = _letters("before", 16)
        await _live(mailbox, letters)
        took = [await pair.took(name) for name in (STAYS, DIES)]
        assert sum(took) == len(letters)
        assert min(took) > 0, "both work"

        under_way = _letters("under-way", 8)
        living = asyncio.create_task(_live(mailbox, under_way))
        await asyncio.gather(*map(mailbox.people.has_number, under_way[:4]))
        await mailbox.processes.kill(DIES)
        await living
        await until_true(lambda: pair.has_all(STAYS))
        earlier = await pair.took(STAYS)
        afterwards = _letters("afterwards", 4)
        await _live(mailbox, afterwards)
        assert await pair.took(STAYS) == earlier + len(afterwards), "the other's share as well"
        await _every_bureau_has_read(mailbox, letters + under_way + afterwards)


def _letters(name: str, count: int) -> list[Written]:
    kinds = (PLAIN, ELSEWHERE)
    return [Written(f"shared-{name}-{n:02d}", kinds[n % 2]) for n in range(count)]


async def _live(mailbox: Town, letters: Sequence[Written]) -> None:
    await asyncio.gather(*map(mailbox.people.live, letters))


async def _every_bureau_has_read(mailbox: Town, letters: Sequence[Written]) -> None:
    """Each bureau received its own letters: complete, once and in order. Raises: AssertionError."""
    wanted = {one.number: PLACES[one.kind] for one in letters}
    for bureau in PLACES.values():
        told = await _told_whole(mailbox, bureau)
        assert set(told) == {number for number, place in wanted.items() if place == bureau}
        for number, said in told.items():
            assert [sequence for sequence, _ in said] == list(range(1, len(said) + 1)), number
            assert Counter(name for _, name in said) == WHOLE, number


async def _told_whole(mailbox: Town, bureau: str) -> dict[str, list[tuple[int, str]]]:
    """The bureau's events, once all of its letters are complete."""
    told: dict[str, list[tuple[int, str]]] = {}

    async def is_whole() -> bool:
        nonlocal told
        told = await _listened(mailbox, bureau)
        return all(len(said) >= WHOLE.total() for said in told.values())

    await until_true(is_whole)
    return told


async def _listened(mailbox: Town, bureau: str) -> dict[str, list[tuple[int, str]]]:
    """Output of `bureau listen`: for each letter numbers and names, in order."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "clients.bureau", "listen", "--once", "--json"),
        *("--bureau", bureau),
        env={**os.environ, **mailbox.processes.environment_of("bureaus")},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    told = defaultdict(list)
    for one in map(json.loads, printed.decode().splitlines()):
        name = one["type"].removeprefix("gd.mailbox.").rpartition(".")[0]
        told[one["letter"]].append((one["sequence"], name))
    return dict(told)
