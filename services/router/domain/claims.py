"""Who works on a letter at a desk. It only helps people: no clock and no rule depends on it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

ABSENT_AFTER: Final = timedelta(hours=8)
"""A colleague who hasn't been seen for so long may be replaced."""
SEEN_WITHIN: Final = timedelta(days=30)
"""Colleagues seen at the desk in this time can be handed a letter."""


@dataclass(frozen=True)
class Claim:
    """A letter that somebody works on, during one holding of the letter."""

    letter: str
    staff: str
    """Opaque id."""
    bureau: str
    assignment: int
    since: datetime
    taken_from: str | None = None
    """Who had it before it was handed over or taken over."""
    note: str = field(default="", repr=False)
    """What the person before, or the person who took it over, wrote."""


def is_absent(last_seen: datetime | None, *, now: datetime) -> bool:
    """Whether somebody may be replaced; `last_seen` at the desk, None: not for thirty days."""
    return last_seen is None or now - last_seen >= ABSENT_AFTER
