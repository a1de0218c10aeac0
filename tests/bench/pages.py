"""How soon do the pages of staff come, among few letters and among many, and what do they weigh?

    python -m tests.bench.pages [--few 2000] [--many 20000] [--questions 40]

A handler and a supervisor have signed in at the development issuer, and ask the router over HTTP
as a browser does.
"""

import argparse
import asyncio
import re
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.local.stack.plan import url
from deploy.local.stack.supervisor import running_stack
from services.router.jobs.word_indexing import LONGEST_PAUSE_S
from services.router.store.word_index import SAMPLED_SOON
from tests.bench import finding, machine, running, search
from tests.bench.measures import Measure, WrongOutcome, percentile
from tests.bench.search import Sizes
from tests.support.browsing import open_as
from tests.support.sign_in import BROWSER

WITHIN_S = 3_000.0
USUAL = Sizes()
LETTER = re.compile(r'href="(/desk/letters/GD-[0-9A-Z-]+)"')
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
INBOX = "/desk/inbox"
LISTED = ("", "?state=routed", "?due=week", "?who=free")


@dataclass(frozen=True, slots=True)
class PageFigures:
    """Milliseconds of each request, and the heaviest HTML in kB, by page."""

    took: dict[str, list[float]]
    weighs: dict[str, float]


async def measure(directory: Path, sizes: Sizes = USUAL) -> list[Measure]:
    """Milliseconds at the 95th percentile, of many letters beside few; and kB of HTML.

    Raises: WrongOutcome; StackFailed; NotReady.
    """
    parts = {"servers", "issuer", "topics", "router"}
    async with running_stack(directory, only=parts) as stack:
        for name, pid in stack.pids.items():
            machine.pin(pid, machine.TESTED if name == "router" else machine.OTHERS)
        trial = search.SearchTrial(stack, directory)
        await trial.fill(0, sizes.few)
        few = await _asked(trial, sizes.questions, letters=sizes.few)
        await trial.fill(sizes.few, sizes.many)
        many = await _asked(trial, sizes.questions, letters=sizes.many)
    return [
        *(
            Measure(f"router.pages.{page}.p95", "ms", [_slow(many, page)], [_slow(few, page)])
            for page in sorted(many.took)
        ),
        *(
            Measure(f"router.pages.{page}.html", "kB", [many.weighs[page]], [few.weighs[page]])
            for page in sorted(many.weighs)
        ),
    ]


async def _asked(trial: search.SearchTrial, count: int, *, letters: int) -> PageFigures:
    """Ask for each page so often, once the router has looked at what came so fast."""
    await asyncio.sleep(SAMPLED_SOON.total_seconds() + LONGEST_PAUSE_S)
    address, found = url(trial.stack.ports.router), PageFigures(defaultdict(list), {})
    async with httpx.AsyncClient(timeout=60, headers=BROWSER) as client:
        inbox = await open_as(client, f"{address}{INBOX}", finding.HANDLER)
        csrf, known = CSRF.search(inbox.text), LETTER.findall(inbox.text)
        if csrf is None or not known:
            raise WrongOutcome("the inbox is empty")
        for number in range(count):
            await _ask(client, "inbox", f"{address}{INBOX}{LISTED[number % len(LISTED)]}", found)
            await _ask(client, "letter", f"{address}{known[number % len(known)]}", found)
            body = {"words": finding.words(number, letters=letters), "csrf": csrf[1]}
            await _ask(client, "search", f"{address}{INBOX}/search", found, body=body)
    async with httpx.AsyncClient(timeout=60, headers=BROWSER) as client:
        await open_as(client, f"{address}/desk/supervision", finding.SUPERVISOR)
        for _ in range(count):
            await _ask(client, "supervision", f"{address}/desk/supervision", found)
    return found


async def _ask(
    client: httpx.AsyncClient,
    page: str,
    address: str,
    found: PageFigures,
    *,
    body: dict[str, str] | None = None,
) -> None:
    began = time.perf_counter()
    answer = await (client.get(address) if body is None else client.post(address, data=body))
    found.took[page].append((time.perf_counter() - began) * 1000)
    if answer.status_code != 200:
        raise WrongOutcome(f"{page}: status {answer.status_code}")
    weight = len(answer.content) / 1000
    found.weighs[page] = max(found.weighs.get(page, 0), weight)


def _slow(figures: PageFigures, page: str) -> float:
    return percentile(figures.took[page], search.SLOW)


def _sizes() -> Sizes:
    parser = argparse.ArgumentParser(prog="tests.bench.pages")
    for name in ("few", "many", "questions"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Sizes(), name))
    return Sizes(**vars(parser.parse_args()))


if __name__ == "__main__":
    wanted = _sizes()
    sys.exit(running.main(lambda directory: measure(directory, wanted), within_s=WITHIN_S))
