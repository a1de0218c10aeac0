"""Metrics of a process: its build, its readiness, and the end of its calendar."""

import asyncio

from prometheus_client import Gauge

from shared.kernel.calendars import Calendar
from shared.platform.runtime.readiness import Readiness

VERSION = "0.1.0"
"""The software's version, as in `pyproject.toml`."""
SHOWN_EACH_S = 5.0

BUILD = Gauge(
    "mailbox_build_info",
    "1, with the version of the software and the revision that its image was built from.",
    ["version", "revision"],
)
READY = Gauge(
    "mailbox_ready",
    "Whether a part that this process needs before it may be sent work is available: 1, else 0.",
    ["part"],
)
LAST_ANNOUNCED_YEAR = Gauge(
    "mailbox_calendar_last_announced_year",
    "The last year whose public holidays are announced; dates after it are provisional.",
)


def show_build(revision: str) -> None:
    """Set the build metric; Prometheus knows the service from its target."""
    BUILD.labels(VERSION, revision).set(1)


def show_calendar(calendar: Calendar) -> Calendar:
    """Set the metric of the calendar's last announced year, and return the calendar."""
    LAST_ANNOUNCED_YEAR.set(max(calendar.announced))
    return calendar


async def show_ready(ready: Readiness) -> None:
    """Update the readiness metrics every few seconds, until cancelled."""
    while True:
        for part, is_there in (await ready()).items():
            READY.labels(part).set(is_there)
        await asyncio.sleep(SHOWN_EACH_S)
