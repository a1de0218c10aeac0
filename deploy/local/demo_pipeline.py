"""Has everything gone its way? Asked of the services' and the bureaus' own figures.

Office time is moved on only when it has: what is late in a demo is late because of people, never
because this machine was slow.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import httpx

from deploy.local.demo_clock import DemoClock
from deploy.local.demo_heard import Heard

SERVICES = ("intake", "router", "notifier", "publisher")
COUNTED = (
    "mailbox_consumer_records_total", "mailbox_shell_sent_total", "mailbox_shell_inputs_total",
    "mailbox_notifier_deliveries_total", "mailbox_bureaus_letters_total",
    "mailbox_bureaus_actions_total",
)  # fmt: skip
"""What grows as long as something is under way."""
OURS = ("mailbox_consumer_r", "mailbox_shell_", "mailbox_notifier_", "mailbox_bureaus_")
FIRED = "mailbox_notifier_last_firing_timestamp_seconds"
ACTED = "mailbox_bureaus_acted_worked_seconds"
DUE = "mailbox_bureaus_next_due"
LOOK_EVERY_S = 0.1
QUIET_S = 0.18
"""So long nothing has moved when all is done."""
QUIET_WHEN_TOLD_S = 0.4
"""Likewise at an instant at which people are told, for which the messenger looks round first."""
PATIENCE_S = 60.0
"""After this office time goes on all the same."""


@dataclass
class Pipeline:
    """The services and the bureaus of one stack, as their figures show them."""

    addresses: Mapping[str, str]
    client: httpx.AsyncClient
    clock: DemoClock
    heard: Heard
    moved: int = -1
    """How much had gone its way when it was last quiet."""
    next_due: float | None = None
    """When the next thing is due at a bureau, in seconds of office hours."""
    _seen: dict[str, float] = field(default_factory=dict)

    async def quiet(self) -> bool:
        """Wait until nothing moves any more; whether anything had moved since the last time."""
        before, since, until = -1, time.monotonic(), time.monotonic() + PATIENCE_S
        clock = self.clock
        quiet_s = QUIET_WHEN_TOLD_S if clock.days.must_stop(clock.now) else QUIET_S
        while time.monotonic() < until:
            count = await self._look()
            if count != before or not self._has_noticed():
                before, since = count, time.monotonic()
            elif time.monotonic() - since >= quiet_s:
                break
            await asyncio.sleep(LOOK_EVERY_S)
        has_moved, self.moved = before != self.moved, before
        self.next_due = self._seen.get(DUE)
        return has_moved

    def _has_noticed(self) -> bool:
        """Whether the notifier and the bureaus have looked at the clock since its last step."""
        fired, acted = self._seen.get(FIRED, 0.0), self._seen.get(ACTED, -1.0)
        return fired >= self.clock.now.timestamp() and acted >= self.clock.worked_s

    async def _look(self) -> int:
        """How much has moved so far, all in all; -1 while somebody gives no answer."""
        pages = await asyncio.gather(*(self._page(name) for name in (*SERVICES, "bureaus")))
        if not all(pages):
            return -1
        found = [one for page in pages for one in _figures(page.splitlines())]
        self._seen = {name: value for name, value in found if name in (FIRED, ACTED, DUE)}
        return int(sum(value for name, value in found if name in COUNTED))

    async def _page(self, name: str) -> str:
        try:
            answer = await self.client.get(f"{self.addresses[f'MAILBOX_{name.upper()}']}/metrics")
        except httpx.HTTPError:
            return ""
        return answer.text if answer.is_success else ""


def _figures(lines: Iterable[str]) -> Iterable[tuple[str, float]]:
    """Names and values of a page in Prometheus' text format; labels are left out."""
    for line in lines:
        if line.startswith(OURS):
            name, _, value = line.rpartition(" ")
            yield name.partition("{")[0], float(value)
