"""What the notifier knows of one letter: clocks, how to reach its writer, what to tell. Pure.

A diversion is kept like a letter, under its own number: it has a clock and nobody to be reached.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.notifier.domain.deliveries import Channel, Delivery
from shared.contracts.slugs import Holder
from shared.contracts.values import About, Level
from shared.contracts.vocabulary import ClockName, Language, LevelName
from shared.contracts.words import Contact

OURS: frozenset[ClockName] = frozenset(("diversion", "publication_problem"))
"""Clocks that no router watches: what they reach is told at once, and proposed to nobody."""


@dataclass(frozen=True)
class RunningClock:
    """A clock that runs or is paused, with the levels that were not proposed yet."""

    clock: ClockName
    round: int
    due_on: date
    """It runs until 24:00 of this day in Asia/Shanghai."""
    passes_at: datetime
    levels: tuple[Level, ...] = ()
    fired: tuple[tuple[LevelName, date], ...] = ()
    """Levels of this round that were proposed, each with the due date that it was proposed for."""
    proposed_at: tuple[tuple[LevelName, datetime], ...] = ()
    """For which instant each level was proposed last; a wait puts those after the due date off."""
    is_paused: bool = False
    event: str = ""
    """Of `OURS`: `<letter>/<id of the event that started it>`, as names of messages begin."""
    since: datetime | None = None
    """Of `OURS`: when what it measures began."""


@dataclass(frozen=True)
class DueLevel:
    """A level whose instant has come."""

    clock: ClockName
    round: int
    level: LevelName
    due_on: date
    at: datetime

    @property
    def name(self) -> str:
        """What tells this level from every other of its letter, however often it is found."""
        return f"{self.clock}:{self.round}:{self.level}:{self.due_on}:{self.at:%Y%m%dT%H%M%S}"


@dataclass(frozen=True)
class Letter:
    """A letter of which the notifier has heard something; new ones have heard nothing."""

    was_submitted: bool = False
    contact: Contact | None = None
    lang: Language = "zh"
    progress: int = 0
    """Sequence of the last event of `letters.progress` that this rests on."""
    holder: Holder = "triage"
    unit: str | None = None
    """To which the holder has passed it on, in its own code."""
    assignment: int = 0
    clocks: tuple[RunningClock, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    policy_version: str = ""
    """Of the policies under which it was received: they say who is told of its levels."""
    about: About | None = None
    excluded: tuple[str, ...] = ()
    """Bureaus and units that must not see it besides those of `about`."""
    repeats: str | None = None
    """Of a diversion: the writer's first unseen one, about which the desk is called instead."""
    kind: Literal["letter"] = "letter"

    @property
    def fires_at(self) -> datetime | None:
        """The earliest instant at which a level is to be proposed; none when no level is left."""
        return min((level.at for level in _levels(self.clocks)), default=None)

    @property
    def passes_at(self) -> datetime | None:
        """The earliest instant at which a clock that isn't paused passes or has passed."""
        running = (clock.passes_at for clock in self.clocks if not clock.is_paused)
        return min(running, default=None)

    @property
    def unseen_since(self) -> datetime | None:
        """Since when a diversion waits for a person to see it; none when none does."""
        unseen = (one.since for one in self.clocks if one.clock == "diversion" and one.since)
        return min(unseen, default=None)

    @property
    def waiting(self) -> tuple[Delivery, ...]:
        """What is still to be delivered; to the writer only once it is known how to reach them."""
        return tuple(
            one
            for one in self.deliveries
            if one.standing == "waiting" and (one.to is not None or self.was_submitted)
        )

    @property
    def given_up_at(self) -> datetime | None:
        """When the last of the messages that were given up was; none when none was."""
        return max((one.given_up_at for one in self.deliveries if one.given_up_at), default=None)

    def delivery(self, delivery_id: str) -> Delivery | None:
        """The delivery of that id, if there is one."""
        return next((one for one in self.deliveries if one.id == delivery_id), None)

    @property
    def address(self) -> tuple[Channel, str] | None:
        """The channel by which the writer is reached, and where: the first of what was given."""
        contact = self.contact
        if contact is None:
            return None
        given: tuple[tuple[Channel, str | None], ...] = (
            ("sms", contact.phone),
            ("wechat", contact.wechat),
            ("email", contact.email),
        )
        return next(((channel, to) for channel, to in given if to), None)


def due_levels(clocks: Iterable[RunningClock], now: datetime) -> tuple[DueLevel, ...]:
    """Every level that was reached by `now` and not proposed yet, earliest first."""
    due = (level for level in _levels(clocks) if level.at <= now)
    return tuple(sorted(due, key=lambda level: level.at))


def _levels(clocks: Iterable[RunningClock]) -> Iterable[DueLevel]:
    return (
        DueLevel(clock.clock, clock.round, level.level, clock.due_on, level.at)
        for clock in clocks
        if not clock.is_paused
        for level in clock.levels
    )
