"""Weight of the first page, and time until it is usable on a slow phone, measured in Chromium.

    python -m tests.bench.first_page [--rounds 9]

The start page of intake's running service, in a new profile each time. A profile throttles network
and processor as the browser's developer tools do; beside each time stands the one without.
`painted` is the first contentful paint, `usable` is when the scripts have run, too; links work
without them. Weights are bytes on the wire, headers included.
"""

import argparse
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, CDPSession

from deploy.local.stack.plan import url
from deploy.local.stack.supervisor import running_stack
from tests.bench import running
from tests.bench.measures import Measure
from tests.support.browser import HEIGHT, NARROW, chromium

WITHIN_S: Final = 300.0
ROUNDS: Final = 9
PARTS: Final = {"servers", "issuer", "topics", "intake"}
PAGES: Final = {"start": "/", "city": "/city/guangzhou"}
TIMES: Final = """() => ({
  painted: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  usable: performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
})"""
PAINTED: Final = "performance.getEntriesByName('first-contentful-paint').length"
KBIT: Final = 1000 / 8


@dataclass(frozen=True, slots=True)
class SlowPhone:
    """A network and a processor; `round_trip_ms` for each request, rates in kbit/s."""

    name: str
    round_trip_ms: int
    down: int
    up: int
    processor: int
    """How many times slower."""


PROFILES: Final = (
    SlowPhone("4g", round_trip_ms=150, down=1_600, up=750, processor=4),
    SlowPhone("3g", round_trip_ms=400, down=400, up=400, processor=6),
)
"""Lighthouse's "slow 4G" for a usual phone; a bad 3G for a weak one."""


@dataclass
class Visit:
    """What came over the wire for one page."""

    weights: Counter[str]
    kinds: dict[str, str]
    times: dict[str, float]

    def on_response(self, event: dict[str, Any]) -> None:
        """Note what kind it is."""
        self.kinds[event["requestId"]] = event["type"]

    def on_finished(self, event: dict[str, Any]) -> None:
        """Add its bytes."""
        kind = self.kinds.get(event["requestId"], "Other").lower()
        self.weights[kind] += event["encodedDataLength"]
        self.weights["requests"] += 1


async def visit(browser: Browser, address: str, phone: SlowPhone | None = None) -> Visit:
    """Open the page in a new profile, and read times and weights when all is there."""
    viewport: Any = {"width": NARROW, "height": HEIGHT}
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    try:
        page = await context.new_page()
        wire = await context.new_cdp_session(page)
        found = Visit(Counter(), {}, {})
        wire.on("Network.responseReceived", found.on_response)
        wire.on("Network.loadingFinished", found.on_finished)
        await wire.send("Network.enable")
        if phone is not None:
            await throttle(wire, phone)
        await page.goto(address, wait_until="networkidle")
        await page.wait_for_function(PAINTED)
        found.times = await page.evaluate(TIMES)
        return found
    finally:
        await context.close()


async def throttle(wire: CDPSession, phone: SlowPhone) -> None:
    """Make network and processor slow."""
    await wire.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": phone.round_trip_ms,
            "downloadThroughput": phone.down * KBIT,
            "uploadThroughput": phone.up * KBIT,
        },
    )
    await wire.send("Emulation.setCPUThrottlingRate", {"rate": phone.processor})


async def measure(directory: Path, rounds: int = ROUNDS) -> list[Measure]:
    """Weights, and times on each phone beside those without throttling.

    Raises: WrongOutcome; StackFailed; NotReady.
    """
    async with running_stack(directory, only=PARTS) as stack, chromium() as browser:
        address = url(stack.ports.intake)
        await visit(browser, address)
        return [
            one
            for page, path in PAGES.items()
            for one in await _measured(browser, f"{address}{path}", page=page, rounds=rounds)
        ]


async def _measured(browser: Browser, address: str, *, page: str, rounds: int) -> list[Measure]:
    """By turns, so that a busy minute of the machine meets all profiles."""
    times: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    found = await visit(browser, address)
    for _ in range(rounds):
        for phone in (None, *PROFILES):
            seen = await visit(browser, address, phone)
            for name, took in seen.times.items():
                times[phone.name if phone else ""][name].append(took)
    return [*_weights(page, found), *_times(page, times)]


def _weights(page: str, found: Visit) -> list[Measure]:
    requests = found.weights.pop("requests")
    kinds = [*sorted(found.weights.items()), ("all", found.weights.total())]
    return [
        *(Measure(f"pages.{page}.{kind}", "kB", [size / 1000]) for kind, size in kinds),
        Measure(f"pages.{page}.requests", "", [requests]),
    ]


def _times(page: str, times: dict[str, dict[str, list[float]]]) -> list[Measure]:
    return [
        Measure(f"pages.{page}.{phone.name}.{name}", "ms", took, times[""][name])
        for phone in PROFILES
        for name, took in times[phone.name].items()
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="tests.bench.first_page")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    wanted = parser.parse_args().rounds
    sys.exit(running.main(lambda directory: measure(directory, wanted), within_s=WITHIN_S))
