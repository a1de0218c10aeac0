"""Whether all work in the stack is done, by the metrics of services and bureaus.

Office time advances only when it is: what is late in a demo is late because of people, never
because this machine was slow.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from deploy.local.demo.clock import DemoClock
from deploy.local.demo.heard import HeardLetters
from deploy.local.demo.http_client import DemoFailed
from deploy.local.demo.lag import Counts, counted, has_caught_up

FACES = ("intake", "router", "notifier", "publisher", "bureaus")
COUNTED = (
    "mailbox_consumer_records_total", "mailbox_shell_sent_total", "mailbox_shell_inputs_total",
    "mailbox_notifier_deliveries_total", "mailbox_bureaus_records_total",
    "mailbox_bureaus_actions_total",
)  # fmt: skip
"""Counters that grow as long as work is in progress."""
FIRED = "mailbox_notifier_last_firing_timestamp_seconds"
ACTED = "mailbox_bureaus_acted_worked_seconds"
DUE = "mailbox_bureaus_next_due"
LOOK_EVERY_S = 0.1
QUIET_S = 0.18
"""Seconds without any change after which the work counts as done."""
QUIET_WHEN_TOLD_S = 0.4
"""The same at an instant when people are notified, because the notifier checks deadlines first."""
STILL_S = 3.0
"""The same when counts don't match: a restarted process counts from zero."""
PATIENCE_S = 60.0
"""Seconds without any change after which something must be broken."""


@dataclass
class Pipeline:
    """The services and bureaus of one stack, seen through their metrics."""

    addresses: Mapping[str, str]
    client: httpx.AsyncClient
    clock: DemoClock
    heard: HeardLetters
    moved: float = -1.0
    """The sum of all counters when everything was last quiet."""
    next_due: float | None = None
    """When the next action of a bureau is due, in seconds of office hours."""
    silent: list[str] = field(default_factory=list)
    """Services without a response in the last round."""

    async def quiet(self) -> bool:
        """Wait until nothing changes any more; return whether anything changed since the last call.

        Raises: DemoFailed when for a minute nothing changes, but a service doesn't respond or
        hasn't noticed the clock's last step.
        """
        before, stirred = -1.0, time.monotonic()
        since = stirred
        while True:
            counts, now = await self._look(), time.monotonic()
            moved = _sum(counts)
            if moved != before:
                before, stirred, since = moved, now, now
            elif not self._has_noticed(counts):
                since = now
            elif now - since >= self._enough(counts):
                break
            if now - stirred > PATIENCE_S:
                raise DemoFailed(self._stuck(counts))
            await asyncio.sleep(LOOK_EVERY_S)
        has_moved, self.moved = before != self.moved, before
        return has_moved

    def _stuck(self, counts: Counts) -> str:
        """Return the sentence that names the services that everything waits for."""
        what = "doesn't see the clock" if counts else "gives no answer"
        who = ", ".join(self.silent if not counts else self._blind(counts))
        return f"{who} 一分钟没有动静 {what} for a minute: see its log, then go on with --resume."

    def _enough(self, counts: Counts) -> float:
        """Return for how many seconds nothing must have changed."""
        if not has_caught_up(counts) or self.heard.count < _progress(counts):
            return STILL_S
        must_stop = self.clock.days.must_stop(self.clock.now)
        return QUIET_WHEN_TOLD_S if must_stop else QUIET_S

    def _has_noticed(self, counts: Counts) -> bool:
        """Return whether all respond and have read the clock since its last step."""
        return bool(counts) and not self._blind(counts)

    def _blind(self, counts: Counts) -> list[str]:
        """Return the services that haven't read the clock since its last step."""
        seen = {
            "notifier": counts["notifier"].get((FIRED, ""), 0.0) >= self.clock.now.timestamp(),
            "bureaus": counts["bureaus"].get((ACTED, ""), -1.0) >= self.clock.worked_s,
        }
        return [name for name, has_seen in seen.items() if not has_seen]

    async def _look(self) -> Counts:
        """Return the current metrics of all services; empty while any of them doesn't respond."""
        pages = await asyncio.gather(*(self._page(name) for name in FACES))
        self.silent = [name for name, page in zip(FACES, pages, strict=True) if not page]
        if self.silent:
            return {}
        names = (*COUNTED, FIRED, ACTED, DUE)
        found = {
            face: counted(page.splitlines(), names=names)
            for face, page in zip(FACES, pages, strict=True)
        }
        self.next_due = found["bureaus"].get((DUE, ""))
        return found

    async def _page(self, name: str) -> str:
        try:
            answer = await self.client.get(f"{self.addresses[f'MAILBOX_{name.upper()}']}/metrics")
        except httpx.HTTPError:
            return ""
        return answer.text if answer.is_success else ""


def _sum(counts: Counts) -> float:
    """Return the sum of all counters, -1 if the metrics are unknown."""
    if not counts:
        return -1.0
    pages = counts.values()
    return sum(value for page in pages for (name, _), value in page.items() if name in COUNTED)


def _progress(counts: Counts) -> float:
    """Return how many progress records the router has sent."""
    return counts["router"].get(("mailbox_shell_sent_total", "letters.progress"), 0.0)
