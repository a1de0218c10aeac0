"""Bodies of the route for given-up messages."""

from datetime import datetime

from pydantic import BaseModel

from services.notifier.domain.deliveries import Delivery, Message
from shared.contracts.slugs import Bureau


class DeskShown(BaseModel):
    """The desk that a message was for."""

    office: str
    """An office named in the levels of the policies, or `editors`."""
    bureau: Bureau
    unit: str | None


class GivenUpShown(BaseModel):
    """A message that the gateway did not accept within three days, without text and address."""

    message: Message
    to: DeskShown | None
    """None: the letter's writer, who can read the same in the mailbox."""
    due_at: datetime
    """When it was first to be sent."""
    given_up_at: datetime
    code: str
    """The gateway's HTTP status for the last attempt, or `unreachable`."""


class LetterNotTold(BaseModel):
    """A letter and its given-up messages."""

    letter: str
    messages: tuple[GivenUpShown, ...]


class GivenUpPage(BaseModel):
    """One page, the letter of the latest message first."""

    letters: tuple[LetterNotTold, ...]
    next: str | None
    """Pass this as `after` to get the next page."""


def message_shown(message: Delivery) -> GivenUpShown:
    """Return the message as a supervisor sees it."""
    desk = message.to
    return GivenUpShown(
        message=message.message,
        to=DeskShown(office=desk.name, bureau=desk.bureau, unit=desk.unit) if desk else None,
        due_at=message.due_at or message.queued_at,
        given_up_at=message.given_up_at or message.expires_at,
        code=message.code or "",
    )
