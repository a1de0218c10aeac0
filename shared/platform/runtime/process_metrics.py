"""What does a process say of itself? Its build, what it needs and has, and how far its days go."""

from __future__ import annotations

import asyncio

from prometheus_client import Gauge

from shared.kernel.calendars import Calendar
from shared.platform.runtime.readiness import Readiness

VERSION = "0.1.0"
"""Of the software; as `pyproject.toml` says."""
SHOWN_EACH_S = 5.0

BUILD = Gauge(
    "mailbox_build_info",
    "1, with the version of the software and the revision that its image was made from.",
    ["version", "revision"],
)
READY = Gauge(
    "mailbox_ready",
    "Whether a part that this process needs before it may be sent work is there: 1, else 0.",
    ["part"],
)
LAST_ANNOUNCED_YEAR = Gauge(
    "mailbox_calendar_last_announced_year",
    "The last year whose days off are known from a notice; dates after it are provisional.",
)


def show_build(revision: str) -> None:
    """Show what runs here; which service it is, Prometheus knows of its target."""
    BUILD.labels(VERSION, revision).set(1)


def show_calendar(calendar: Calendar) -> Calendar:
    """Show how far the calendar goes, and hand it back."""
    LAST_ANNOUNCED_YEAR.set(max(calendar.announced))
    return calendar


async def show_ready(ready: Readiness) -> None:
    """Show each part every few seconds, until cancelled."""
    while True:
        for part, is_there in (await ready()).items():
            READY.labels(part).set(is_there)
        await asyncio.sleep(SHOWN_EACH_S)
