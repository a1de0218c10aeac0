"""What is to be told, to whom, and how far that has come. Pure; in UTC, days of Asia/Shanghai."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, TypeAlias

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import ClockName, LevelName, WhereToTurn

Channel: TypeAlias = Literal["sms", "wechat", "email", "staff"]
"""By which somebody is reached; `staff`: the gateway knows how, by their opaque id."""
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
"""`dropped`: the warned-of limit can't pass any more, a later call replaces it, or the work is done
or has left the desk.

`given_up`: the gateway accepted none of the attempts before the message's lifetime ended.
"""
LIFETIME: Final = timedelta(hours=72)
"""How long after it was first due a message is tried. Calls to the duty desk don't end by time."""


@dataclass(frozen=True)
class Desk:
    """Some of the staff: whoever holds that office on the day of telling."""

    name: str
    """As the levels of `deadline_policies.yaml` call it, or `editors`."""
    bureau: Bureau = "province"
    unit: str | None = None


@dataclass(frozen=True)
class Details:
    """What a message says besides the letter's number: codes and days, and never words."""

    by: date | None = None
    where_to_turn: WhereToTurn | None = None
    clock: ClockName | None = None
    round: int = 1
    level: LevelName | None = None
    page: int = 0
    """1 for the first call about a diversion, 2 for the next …"""


@dataclass(frozen=True)
class Delivery:
    """One message, from the event that caused it to its end."""

    id: str
    """`<letter>/<event id>`, for staff with more: the idempotency key under which it is told."""
    message: Message
    queued_at: datetime
    """From when on it is to be told: not before the morning, if a clock caused it at night."""
    try_at: datetime
    """When it is to be tried, for the first time or again."""
    attempts: int = 0
    """How often it has failed."""
    standing: Standing = "waiting"
    code: str | None = None
    """Why it was refused or given up: the gateway's status, `no_channel` or `unreachable`."""
    to: Desk | None = None
    """None: the writer."""
    details: Details = Details()
    due_at: datetime | None = None
    """When it was first due, if quiet hours have moved `queued_at` since."""
    given_up_at: datetime | None = None

    @property
    def expires_at(self) -> datetime:
        """The instant of the last attempt."""
        return (self.due_at or self.queued_at) + LIFETIME

    @property
    def is_warning(self) -> bool:
        """Whether it is pointless once its clock no longer runs to that day."""
        warns = self.details.level in ("reminder", "yellow")
        return warns or self.message in ("closing", "page", "problem")


def takes_its_place(later: Delivery, earlier: Delivery) -> bool:
    """Whether `earlier`, a call that waits, is made pointless by a later one about the same.

    A later call to the same people takes its place; so does one to the next level, once delivered.
    """
    are_calls = later.message == earlier.message == "page"
    if not are_calls or earlier.standing != "waiting":
        return False
    is_later = later.details.page > earlier.details.page
    return is_later and (later.standing == "delivered" or later.to == earlier.to)
