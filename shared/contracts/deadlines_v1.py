"""Events of the notifier about clocks. Owner: services.notifier. Topic: `letters.deadlines`.

A field may be added with a default; any other change is `deadlines_v2`.
"""

from typing import ClassVar

from shared.contracts.event import Event
from shared.contracts.fields import Count, Day, Instant, Ordinal
from shared.contracts.vocabulary import ClockName, LevelName


class ClockFired(Event):
    """A clock has reached a level; the router confirms it or drops it as stale."""

    type: ClassVar[str] = "gd.mailbox.clock.fired.v1"

    clock: ClockName
    round: Ordinal
    level: LevelName
    due_on: Day
    passed_at: Instant
    """The instant that was reached, not when it was noticed."""
    progress_sequence: Count
    """The last event of `letters.progress` on which this is based."""
