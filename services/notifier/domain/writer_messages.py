"""What is a writer told of what the router and the publisher say? Tables, and what they need. Pure.

Every fact of the catalogue is told or left out for a reason, and never in quiet hours.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from services.notifier.domain.commands import HearOther, HearProgress
from services.notifier.domain.deliveries import Delivery, Details, WriterMessage
from services.notifier.domain.letter import Letter
from services.notifier.domain.notification_policy import QuietHours, morning_of
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    CommitmentFulfilled,
    ExtensionDecided,
    LetterAddedTo,
    LetterClosed,
    LetterDeclined,
    LetterReopened,
    LetterReplied,
    LetterWithdrawn,
    WriterAsked,
)
from shared.contracts.published_v1 import LetterPublished

WARNED_BEFORE = timedelta(days=7)
"""So long before an unrated reply counts as accepted."""

Told = tuple[WriterMessage, Details]


def to_writer(
    command: HearProgress | HearOther, letter: Letter, *, quiet: QuietHours
) -> Iterator[Delivery]:
    """What the writer of `letter` is to be told because of that."""
    event = command.fact if isinstance(command, HearProgress) else command.event
    tell = TOLD.get(type(event))
    found = tell(event) if tell else None
    if found is None or _is_told_before(found[0], letter):
        return
    message, details = found
    name, at = f"{command.letter}/{command.event_id}", quiet.after(command.at)
    yield Delivery(name, message, queued_at=at, try_at=at, details=details)
    if isinstance(event, LetterReplied) and details.by is not None:
        warned = quiet.after(max(at, morning_of(details.by - WARNED_BEFORE)))
        yield Delivery(
            f"{name}/closing", "closing", queued_at=warned, try_at=warned, details=details
        )


def _is_told_before(message: WriterMessage, letter: Letter) -> bool:
    """What comes late is put to the letter each time, and told once."""
    return message == "added_late" and any(one.message == message for one in letter.deliveries)


def _asked(fact: WriterAsked) -> Told:
    return "asked", Details(by=fact.answer_by)


def _extended(fact: ExtensionDecided) -> Told | None:
    return ("extended", Details(by=fact.new_due)) if fact.granted else None


def _replied(fact: LetterReplied) -> Told:
    rating = next((one for one in fact.clocks if one.clock == "rating" and one.due_on), None)
    if rating is None:
        return "replied", Details()
    return "replied", Details(by=rating.due_on, clock="rating", round=rating.round)


def _declined(fact: LetterDeclined) -> Told:
    return "declined", Details(by=fact.appeal_by, where_to_turn=fact.where_to_turn)


def _fulfilled(_: CommitmentFulfilled) -> Told:
    return "fulfilled", Details()


def _reopened(fact: LetterReopened) -> Told:
    return "reopened", Details(by=_due_on(fact, "reopened_reply"))


def _appealed(fact: AppealMade) -> Told:
    return "appealed", Details(by=_due_on(fact, "reopened_reply"))


def _added(fact: LetterAddedTo) -> Told | None:
    return ("added_late", Details()) if fact.late else None


def _withdrawn(_: LetterWithdrawn) -> Told:
    return "withdrawn", Details()


def _closed(fact: LetterClosed) -> Told | None:
    """Who says that it is solved need not be told so."""
    return ("closed", Details()) if fact.why == "silence" else None


def _published(_: LetterPublished) -> Told:
    return "published", Details()


def _due_on(fact: Fact, clock: str) -> date | None:
    return next((one.due_on for one in fact.clocks if one.clock == clock and one.due_on), None)


TOLD: Mapping[type[Event], Callable[[Any], Told | None]] = MappingProxyType(
    {
        WriterAsked: _asked,
        ExtensionDecided: _extended,
        LetterReplied: _replied,
        LetterDeclined: _declined,
        CommitmentFulfilled: _fulfilled,
        LetterReopened: _reopened,
        AppealMade: _appealed,
        LetterAddedTo: _added,
        LetterWithdrawn: _withdrawn,
        LetterClosed: _closed,
        LetterPublished: _published,
    }
)
