"""Times, in minutes, by which a person must have seen an urgent letter."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.kernel.policies import Policies


@dataclass(frozen=True, slots=True)
class AlarmCall:
    """One call, made unless somebody has seen the letter by then."""

    at: datetime
    to: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """The calls of a started clock that counts minutes."""

    clock: str
    passes_at: datetime
    pages: tuple[AlarmCall, ...]
    """In order; the first at the start itself."""


def alarm(clock: str, start: datetime, *, policies: Policies) -> Alarm:
    """When `clock` passes if it starts at `start`, and who is called until then.

    Raises: ValueError, if the clock's limit is not in minutes, or for a time without zone.
    """
    row = policies.clock(clock)
    if row.minutes is None or row.paging is None:
        raise ValueError(f"the limit of {clock} is no number of minutes")
    if start.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    every = timedelta(minutes=row.paging.every_min)
    pages = (AlarmCall(start + number * every, to) for number, to in enumerate(row.paging.to))
    return Alarm(clock, start + timedelta(minutes=row.minutes), tuple(pages))
