"""Does the broker keep us out where we have no business? Shown at each start in production.

A cluster without rules looks like one with rules as long as everyone behaves. So a service tries to
read a bureau's letters, which no service of ours may, and goes on only when it is refused.
"""

from __future__ import annotations

from shared.contracts.topics import letters_of
from shared.platform.bus import Bus

FORBIDDEN = letters_of("province").name
"""Read by its bureau alone; the router may write there."""


class StandsOpen(Exception):
    """The broker lets a service read what is a bureau's alone. Names the topic."""

    def __init__(self, topic: str) -> None:
        super().__init__(topic)
        self.topic = topic

    def __str__(self) -> str:
        return (
            f"the broker lets this service read {self.topic}, which is a bureau's alone: it has no "
            "access rules, or this is the wrong user (python -m shared.access show)"
        )


async def prove_closed(bus: Bus) -> None:
    """Return when a forbidden read has failed. Raises: StandsOpen; BusFault, when nobody knows."""
    if await bus.may_read(FORBIDDEN):
        raise StandsOpen(FORBIDDEN)
