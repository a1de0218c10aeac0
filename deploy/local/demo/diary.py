"""The demo's diary: when each person does what they intend to do.

Staff work in office hours, writers at hours of day and night. Everything follows from the letters
and the seed, so that a demo that was stopped continues as it began.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from deploy.local.demo.clock import DemoClock
from deploy.local.demo.letters import drawn

EARLY, LATE_H = 6.5, 23.5
"""Hours of the day between which letters are written."""
HOUR_S = 3_600.0
FORGOTTEN_AFTER_H = 2.0

Hours = tuple[float, float]
STAFF: Mapping[str, Hours] = {
    "route": (0.3, 3.5), "sign": (1.0, 5.0), "send_back": (0.2, 0.9), "read": (1.0, 12.0),
    "instruct": (1.5, 14.0), "supervise": (1.0, 20.0), "decide_extension": (0.5, 4.0),
    "publish": (2.0, 30.0),
}  # fmt: skip
"""How many office hours staff take for each action, from and to."""
SLOW: Mapping[str, tuple[float, Hours]] = {"route": (0.02, (7, 14)), "sign": (0.06, (9, 22))}
"""Actions that are delayed for a while: the share of them, and the delay in office hours."""
WRITERS: Mapping[str, Hours] = {
    "rating": (5.0, 120.0), "reopening": (2.0, 60.0), "appeal": (20.0, 300.0),
    "withdrawal": (0.5, 12.0), "addition": (3.0, 40.0), "answer": (3.0, 100.0),
}  # fmt: skip
"""How many hours, day and night, writers take for each action, from and to."""
NEVER: Mapping[str, float] = {"answer": 0.15}
"""Share of each action that is never done, so that its deadline lapses."""
NEVER_H = 24.0 * 365


class Diary(Protocol):
    """Decides when people do what they intend to do."""

    def has_written(self, lot: str) -> bool:
        """Return whether the writer of that letter has written it by now."""

    def is_due(self, name: str, what: str, *, lot: str) -> bool:
        """Return whether the action `what`, named `name`, is to be done by now."""


class AtOnce:
    """A diary in which everybody acts as soon as possible."""

    def has_written(self, _: str) -> bool:
        """Return True."""
        return True

    def is_due(self, _name: str, _what: str, *, lot: str) -> bool:
        """Return True."""
        return True


class DemoDiary:
    """The diary of a demo with its own office time."""

    def __init__(self, clock: DemoClock, kept: dict[str, float], *, seed: str) -> None:
        """`kept`: due times by name (Unix time of the office), which a later run continues from."""
        self._clock = clock
        self._due = kept
        self._seed = seed

    def forget(self) -> None:
        """Remove entries due a while ago: they are done, or will be planned again."""
        over = self._clock.now.timestamp() - FORGOTTEN_AFTER_H * HOUR_S
        for name in [name for name, due in self._due.items() if due < over]:
            del self._due[name]

    def has_written(self, lot: str) -> bool:
        """Return whether the writer of that letter has written it by now."""
        return self.written_at(lot) <= self._clock.now

    def written_at(self, lot: str) -> datetime:
        """Return when that letter is written: on a drawn day, between EARLY and LATE_H."""
        day = int(drawn(self._seed, lot, "day") * self._clock.days.written)
        hour = EARLY + drawn(self._seed, lot, "hour") * (LATE_H - EARLY)
        return self._clock.days.beginning + timedelta(days=day, hours=hour)

    def is_due(self, name: str, what: str, *, lot: str) -> bool:
        """Return whether the action `what`, named `name`, is to be done by now."""
        if name not in self._due:
            self._due[name] = self._when(name, what, lot)
        now = self._clock.now
        may_be = what not in STAFF or self._clock.days.is_open(now)
        return may_be and self._due[name] <= now.timestamp()

    def is_wanted(self, *, since: datetime, by: datetime, what: str = "") -> bool:
        """Return whether anything is due after `since` and up to `by`; `what` limits it."""
        first, last = since.timestamp(), by.timestamp()
        return any(first < due <= last and what in name for name, due in self._due.items())

    def _when(self, name: str, what: str, lot: str) -> float:
        luck, now = drawn(self._seed, lot, name.partition(" ")[2] or what), self._clock.now
        if what in STAFF:
            share, slowly = SLOW.get(what, (0.0, STAFF[what]))
            is_slow = drawn(self._seed, lot, f"slow {what}") < share
            return self._after(_between(slowly if is_slow else STAFF[what], luck))
        is_never = drawn(self._seed, lot, f"never {what}") < NEVER.get(what, 0.0)
        hours = NEVER_H if is_never else _between(WRITERS[what], luck)
        return now.timestamp() + round(hours * HOUR_S)

    def _after(self, hours: float) -> float:
        """Return the first office-hours stop after so many more hours of work, as Unix time."""
        until, days = self._clock.worked_s + hours * HOUR_S, self._clock.days
        at_work = (at for at in days.stops(self._clock.now) if days.is_open(at))
        return next(at for at in at_work if days.worked_s(at) >= until).timestamp()


def _between(ends: Hours, share: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * share
