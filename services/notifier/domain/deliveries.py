"""One message to a writer or a desk. Instants are UTC, days of Asia/Shanghai."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, TypeAlias

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import ClockName, LevelName, WhereToTurn
from shared.contracts.words import Note

Channel: TypeAlias = Literal["sms", "wechat", "email", "staff"]
"""How somebody is reached; `staff`: by an opaque id for which the gateway knows the address."""
WriterMessage: TypeAlias = Literal[
    "asked",
    "extended",
    "replied",
    "declined",
    "fulfilled",
    "reopened",
    "appealed",
    "added_late",
    "withdrawn",
    "closing",
    "closed",
    "published",
    "phone_code",
]
WorkMessage: TypeAlias = Literal[
    "work_assigned",
    "work_reopened",
    "work_sent_back",
    "work_signature",
    "work_extension",
    "work_instruction",
]
"""To the desk that has to act now."""
StaffMessage: TypeAlias = Literal["level", "page", "problem"] | WorkMessage
Message: TypeAlias = WriterMessage | StaffMessage
Standing: TypeAlias = Literal["waiting", "delivered", "refused", "dropped", "given_up"]
"""`dropped`: no longer needed, because the clock stopped or moved, a later call replaces it, or the
work is done or has left the desk.

`given_up`: the gateway accepted none of the attempts before the message's lifetime ended.
"""
LIFETIME: Final = timedelta(hours=72)
"""How long a message is tried after it was first due. Calls to the duty desk never expire."""


@dataclass(frozen=True)
class Desk:
    """The staff who hold an office on the day of delivery."""

    name: str
    """An office named in the levels of `deadline_policies.yaml`, or `editors`."""
    bureau: Bureau = "province"
    unit: str | None = None


@dataclass(frozen=True)
class MessageDetails:
    """What a message says besides the letter's number: codes and days, never words of a letter."""

    by: date | None = None
    where_to_turn: WhereToTurn | None = None
    clock: ClockName | None = None
    round: int = 1
    level: LevelName | None = None
    page: int = 0
    """1 for the first call about a diversion, 2 for the next …"""


@dataclass(frozen=True)
class DeliveryCause:
    """The event that causes messages."""

    name: str
    """`<letter>/<event id>`, with which the ids of its messages begin."""
    at: datetime


@dataclass(frozen=True)
class Delivery:
    """One message, from the event that caused it to its delivery or end."""

    id: str
    """`<letter>/<event id>`, with a suffix for staff: the idempotency key of its delivery."""
    message: Message
    queued_at: datetime
    """When it is to be sent: in the morning, if it was caused in quiet hours."""
    try_at: datetime
    """When to try next."""
    attempts: int = 0
    """Number of failed attempts."""
    standing: Standing = "waiting"
    code: str | None = None
    """Why it was refused or given up: the gateway's status, `no_channel` or `unreachable`."""
    to: Desk | None = None
    """None: the writer."""
    details: MessageDetails = MessageDetails()
    due_at: datetime | None = None
    """When it was first due, if quiet hours have postponed `queued_at` since."""
    given_up_at: datetime | None = None
    secret: Note | None = None
    """A code that the message says; forgotten once the message has ended."""
    holds_until: datetime | None = None
    """When what it says ends, if that is before its lifetime."""

    @property
    def expires_at(self) -> datetime:
        """The instant of the last attempt."""
        return self.holds_until or (self.due_at or self.queued_at) + LIFETIME

    @property
    def is_urgent(self) -> bool:
        """Whether it is sent in quiet hours too: somebody is waiting for it."""
        return self.message in ("page", "phone_code")

    @property
    def is_warning(self) -> bool:
        """Whether it is pointless if its clock no longer runs to that day."""
        warns = self.details.level in ("reminder", "yellow")
        return warns or self.message in ("closing", "page", "problem")


def replaces(later: Delivery, earlier: Delivery) -> bool:
    """Whether the `later` call makes `earlier`, a waiting one of the same letter, pointless.

    A later call to the same desk replaces it; one to the next level does so once delivered.
    """
    are_calls = later.message == earlier.message == "page"
    if not are_calls or earlier.standing != "waiting":
        return False
    is_later = later.details.page > earlier.details.page
    return is_later and (later.standing == "delivered" or later.to == earlier.to)
