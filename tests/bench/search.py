"""How soon staff find letters, among few and among many.

python -m tests.bench.search [--few 2000] [--many 20000] [--questions 40]

A real router answers over HTTP. The letters are written to its database as it would store them;
first the few are queried, then the rest is added and the same is queried again.
"""

import argparse
import asyncio
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
from motor.motor_asyncio import AsyncIOMotorClient

from deploy.local.stack.plan import url
from deploy.local.stack.supervisor import Stack, running_stack
from services.router.domain.due_dates import Rulebook
from services.router.jobs.word_indexing import LONGEST_PAUSE_S
from services.router.store import documents
from services.router.store.overview import CHANGED
from services.router.store.word_index import SAMPLED_SOON, WORDS, WordIndex
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.crypto.word_hash import hashes
from shared.platform.letters.seals import Seals
from shared.platform.mongo.database import Database, Document
from shared.platform.runtime import data_files
from shared.platform.runtime.clock import utc_now
from shared.sealing.envelopes import Opener, Sealer
from shared.sealing.key_directory import KeyDirectory
from tests.bench import clones, finding, machine, running
from tests.bench.finding import Asked
from tests.bench.measures import Measure, WrongOutcome, percentile

WITHIN_S = 3_000.0
CHUNK = 100
SLOW = 0.95
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """The number of letters and of queries."""

    few: int = 2_000
    many: int = 20_000
    questions: int = 40
    """Of each kind."""


async def measure(directory: Path, sizes: Sizes = Sizes()) -> list[Measure]:
    """Milliseconds at the 95th percentile, of many letters beside few.

    Raises: WrongOutcome; StackFailed; NotReady.
    """
    parts = {"servers", "issuer", "topics", "router"}
    async with running_stack(directory, only=parts) as stack:
        for name, pid in stack.pids.items():
            machine.pin(pid, machine.TESTED if name == "router" else machine.OTHERS)
        trial = SearchTrial(stack, directory)
        await trial.fill(0, sizes.few)
        few = await trial.ask(sizes.questions, letters=sizes.few)
        await trial.fill(sizes.few, sizes.many)
        many = await trial.ask(sizes.questions, letters=sizes.many)
    for took in (few, many):
        took["any"] = [one for way in list(took) for one in took[way]]
    return [
        Measure(f"search.{way}.p95", "ms", [_slow(many[way])], [_slow(few[way])])
        for way in sorted(many)
    ]


class SearchTrial:
    """The router, its database, and the client."""

    def __init__(self, stack: Stack, directory: Path) -> None:
        self.stack = stack
        settings = stack.settings("router")
        self._uri, self._name = settings["MAILBOX_MONGO_URI"], settings["MAILBOX_ROUTER_DATABASE"]
        ring = KeyRing.load(directory / "keys" / "router.ring.json")
        self._seals = Seals("router", ring, Sealer(KeyDirectory({}), now=utc_now), Opener({}))
        self._book = Rulebook(data_files.calendar(), data_files.policies(), data_files.offices())
        self._catalogue = WordIndex(
            Database(self._uri, self._name).collection(WORDS), hashes(ring), now=utc_now
        )

    async def fill(self, start: int, end: int) -> None:
        """Keep these letters, and their entries."""
        client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(self._uri, tz_aware=True, w=1)
        try:
            kept = self._kept(start, end)
            while chunk := list(islice(kept, CHUNK)):
                letters, entries = zip(*chunk, strict=True)
                await client[self._name][documents.LETTERS].insert_many(letters, ordered=False)
                await client[self._name][WORDS].insert_many(entries, ordered=False)
        finally:
            client.close()

    def _kept(self, start: int, end: int) -> Iterator[tuple[Document, Document]]:
        for serial, number in enumerate(clones.numbers(end - start), start):
            letter = finding.letter(serial, rulebook=self._book)
            index = {
                name: value for name, value in documents.index(letter).items() if value is not None
            }
            document = index | {
                "_id": number,
                "version": 1,
                "by": uuid.uuid4().hex,
                CHANGED: utc_now(),
                "state": self._seals.seal_state(documents.STATE, letter, letter=number),
                "log": [],
            }
            entry = self._catalogue.entry(number, letter)
            if entry is None:
                raise WrongOutcome("a letter without words")
            yield document, entry

    async def ask(self, count: int, *, letters: int) -> dict[str, list[float]]:
        """Milliseconds until each query was answered, by kind. Raises: WrongOutcome.

        Measured once the router has sampled the fast insertions.
        """
        await asyncio.sleep(SAMPLED_SOON.total_seconds() + LONGEST_PAUSE_S)
        took: dict[str, list[float]] = defaultdict(list)
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
            tokens = {who: await self._token(client, who) for who in finding.ASKERS}
            for asked in finding.questions(count, letters=letters, rulebook=self._book):
                began = time.perf_counter()
                answer = await client.post(
                    f"{url(self.stack.ports.router)}/v1/search",
                    json=asked.body,
                    headers={"authorization": f"Bearer {tokens[asked.who]}"},
                )
                took[asked.way].append((time.perf_counter() - began) * 1000)
                _check(asked, answer)
        return took

    async def _token(self, client: httpx.AsyncClient, who: str) -> str:
        found = await client.get(f"{url(self.stack.ports.issuer)}/token/{who}")
        return found.raise_for_status().text


def _check(asked: Asked, answer: httpx.Response) -> None:
    """What must be found was found. Raises: WrongOutcome."""
    if answer.status_code != 200:
        raise WrongOutcome(f"search by {asked.way}: status {answer.status_code}")
    found: list[dict[str, Any]] = answer.json()["letters"]
    if not found and asked.way in ("phrase", "codes", "newest", "common"):
        raise WrongOutcome(f"search by {asked.way}: nothing found")


def _slow(figures: list[float]) -> float:
    return percentile(figures, SLOW)


def _asked() -> Sizes:
    parser = argparse.ArgumentParser(prog="tests.bench.search")
    for name in ("few", "many", "questions"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Sizes(), name))
    return Sizes(**vars(parser.parse_args()))


if __name__ == "__main__":
    wanted = _asked()
    sys.exit(running.main(lambda directory: measure(directory, wanted), within_s=WITHIN_S))
