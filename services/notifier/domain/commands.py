"""What the notifier can be told to do with a letter, and what comes of it. Pure; in UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.notifier.domain.deliveries import Delivery
from services.notifier.domain.letter import DueLevel
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.event import Event, Fact
from shared.contracts.values import ClockChange
from shared.contracts.vocabulary import Language
from shared.contracts.words import Contact


@dataclass(frozen=True)
class KeepContact:
    """Remember how to reach the writer, and in which language."""

    contact: Contact | None
    lang: Language | None
    """None: as before."""


@dataclass(frozen=True)
class HearProgress:
    """Keep the clocks as the router has them, and tell writer and staff what concerns them."""

    letter: str
    fact: Fact
    sequence: int
    event_id: str
    at: datetime


@dataclass(frozen=True)
class HearOther:
    """Keep the clock of a diversion or of a publication's problem, and tell whom it concerns."""

    letter: str
    event: Event
    event_id: str
    at: datetime


@dataclass(frozen=True)
class FireClocks:
    """Propose every level that was reached by `now`, and tell those of our own clocks."""

    now: datetime
    is_repeat: bool = False
    """Whether the desk is called about another diversion of the same writer, and not about this."""


@dataclass(frozen=True)
class NoteDelivered:
    """The gateway has taken the message."""

    delivery: str


@dataclass(frozen=True)
class PostponeDelivery:
    """The gateway could not take the message now: try again at `until`."""

    delivery: str
    until: datetime


@dataclass(frozen=True)
class RefuseDelivery:
    """The message will never be taken; `code` says why."""

    delivery: str
    code: str


@dataclass(frozen=True)
class GiveUpDelivery:
    """The message's time is over and it was not taken; `code` says what the gateway said last."""

    delivery: str
    at: datetime
    code: str


@dataclass(frozen=True)
class CallNextLevel:
    """Somebody on duty can't be called: call the next level as well, and these again at `until`."""

    delivery: str
    at: datetime
    until: datetime


@dataclass(frozen=True)
class HoldDelivery:
    """It is quiet hours: nothing is tried before `until`, and nothing is late before then."""

    delivery: str
    until: datetime


Outcome: TypeAlias = (
    NoteDelivered
    | PostponeDelivery
    | HoldDelivery
    | RefuseDelivery
    | GiveUpDelivery
    | CallNextLevel
)
"""How an attempt at a delivery ended."""
Command: TypeAlias = KeepContact | HearProgress | HearOther | FireClocks | Outcome


@dataclass(frozen=True)
class ContactKept:
    """It is known how to reach the writer. Goes on no topic, like all events below."""

    contact: Contact | None
    lang: Language


@dataclass(frozen=True)
class ProgressHeard:
    """The router has said something; its clocks are now ours."""

    fact: Fact
    sequence: int


@dataclass(frozen=True)
class ClocksHeard:
    """A clock that no router watches was started or stopped, by that event."""

    clocks: tuple[ClockChange, ...]
    event_id: str
    since: datetime | None = None
    """When what they measure began; of a diversion, when it was diverted."""
    repeats: str | None = None
    """Of a diversion: the writer's first one that nobody had seen."""


@dataclass(frozen=True)
class LevelTold:
    """A level of one of our own clocks was reached, and is told."""

    level: DueLevel
    again_at: datetime | None = None
    """When it is told again unless the clock stops before."""


@dataclass(frozen=True)
class DeliveryQueued:
    """Somebody is to be told something."""

    delivery: Delivery


@dataclass(frozen=True)
class DeliveryChanged:
    """An attempt at a delivery has ended; this is how the delivery stands now."""

    delivery: Delivery


Happening: TypeAlias = (
    ContactKept
    | ProgressHeard
    | ClocksHeard
    | ClockFired
    | LevelTold
    | DeliveryQueued
    | DeliveryChanged
)
