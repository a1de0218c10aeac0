"""When must a person have seen what can't wait for a working day? Pure: minutes, not days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.kernel.policies import Policies


@dataclass(frozen=True, slots=True)
class AlarmCall:
    """One call, to be made unless somebody has seen it by then."""

    at: datetime
    to: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a started clock of minutes promises."""

    clock: str
    passes_at: datetime
    pages: tuple[AlarmCall, ...]
    """In their order: the first at the start itself."""


def alarm(clock: str, start: datetime, *, policies: Policies) -> Alarm:
    """By when `clock` must be stopped if it starts at `start`, and who is called until then.

    Raises: ValueError for a clock whose limit is no number of minutes, or a time without zone.
    """
    row = policies.clock(clock)
    if row.minutes is None or row.paging is None:
        raise ValueError(f"the limit of {clock} is no number of minutes")
    if start.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    every = timedelta(minutes=row.paging.every_min)
    pages = (AlarmCall(start + number * every, to) for number, to in enumerate(row.paging.to))
    return Alarm(clock, start + timedelta(minutes=row.minutes), tuple(pages))
