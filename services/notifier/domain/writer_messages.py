"""Messages to writers: for which events, for which not and why, and never in quiet hours."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from services.notifier.domain.deliveries import (
    Delivery,
    DeliveryCause,
    MessageDetails,
    WriterMessage,
)
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.quiet_hours import QuietHours, morning_of
from shared.contracts import progress_v1 as facts
from shared.contracts.event import Event, Fact
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.submitted_v1 import PhoneCheckRequested
from shared.contracts.words import Note

WARNED_BEFORE: Final = timedelta(days=7)
"""How long before an unrated reply counts as accepted its writer is warned."""

ToWriter: TypeAlias = tuple[WriterMessage, MessageDetails]


def messages_to_writer(
    event: Event, letter: NotifierLetter, *, cause: DeliveryCause, quiet: QuietHours
) -> Iterator[Delivery]:
    """Return what the writer of `letter` is sent because of that event."""
    if isinstance(event, PhoneCheckRequested):
        yield from _phone_code(event, cause)
        return
    tell = MESSAGES.get(type(event))
    found = tell(event) if tell else None
    if found is None or _is_told_before(found[0], letter):
        return
    (message, details), at = found, quiet.after(cause.at)
    yield Delivery(cause.name, message, queued_at=at, try_at=at, details=details)
    if isinstance(event, facts.LetterReplied) and details.by is not None:
        warned = quiet.after(max(at, morning_of(details.by - WARNED_BEFORE)))
        name = f"{cause.name}/closing"
        yield Delivery(name, "closing", queued_at=warned, try_at=warned, details=details)


def _phone_code(event: PhoneCheckRequested, cause: DeliveryCause) -> Iterator[Delivery]:
    """The code for a caller, at once; nothing once it has expired or was erased."""
    if isinstance(event.words, Note) and cause.at < event.expires_at:
        yield Delivery(
            cause.name,
            "phone_code",
            queued_at=cause.at,
            try_at=cause.at,
            secret=event.words,
            holds_until=event.expires_at,
        )


def _is_told_before(message: WriterMessage, letter: NotifierLetter) -> bool:
    """Whether it is about a late addition, and an earlier message was too."""
    return message == "added_late" and any(each.message == message for each in letter.deliveries)


def _asked(fact: facts.WriterAsked) -> ToWriter:
    return "asked", MessageDetails(by=fact.answer_by)


def _extended(fact: facts.ExtensionDecided) -> ToWriter | None:
    return ("extended", MessageDetails(by=fact.new_due)) if fact.granted else None


def _replied(fact: facts.LetterReplied) -> ToWriter:
    rating = next((each for each in fact.clocks if each.clock == "rating" and each.due_on), None)
    if rating is None:
        return "replied", MessageDetails()
    return "replied", MessageDetails(by=rating.due_on, clock="rating", round=rating.round)


def _declined(fact: facts.LetterDeclined) -> ToWriter:
    return "declined", MessageDetails(by=fact.appeal_by, where_to_turn=fact.where_to_turn)


def _added(fact: facts.LetterAddedTo) -> ToWriter | None:
    return ("added_late", MessageDetails()) if fact.late else None


def _closed(fact: facts.LetterClosed) -> ToWriter | None:
    """A writer who has closed the letter as solved needs no message."""
    return ("closed", MessageDetails()) if fact.why == "silence" else None


def _plain(message: WriterMessage) -> Callable[[Event], ToWriter]:
    return lambda _: (message, MessageDetails())


def _due_again(message: WriterMessage) -> Callable[[Fact], ToWriter]:
    return lambda fact: (message, MessageDetails(by=_reopened_due(fact)))


def _reopened_due(fact: Fact) -> date | None:
    dues = (each.due_on for each in fact.clocks if each.clock == "reopened_reply" and each.due_on)
    return next(dues, None)


MESSAGES: Final[Mapping[type[Event], Callable[[Any], ToWriter | None]]] = MappingProxyType(
    {
        facts.WriterAsked: _asked,
        facts.ExtensionDecided: _extended,
        facts.LetterReplied: _replied,
        facts.LetterDeclined: _declined,
        facts.CommitmentFulfilled: _plain("fulfilled"),
        facts.LetterReopened: _due_again("reopened"),
        facts.AppealMade: _due_again("appealed"),
        facts.LetterAddedTo: _added,
        facts.LetterWithdrawn: _plain("withdrawn"),
        facts.LetterClosed: _closed,
        LetterPublished: _plain("published"),
    }
)
"""The message for each event that concerns the writer."""

_COURSE = "the letter's page shows it, and the writer has nothing to do"
_INNER = "it concerns the desks only"
_OWN = "the writer has just done it and got an answer"

NO_MESSAGE: Final[Mapping[type[Fact], str]] = MappingProxyType(
    {
        facts.LetterReceived: "intake has already given the writer the number",
        facts.TriageEntered: _COURSE,
        facts.LetterRouted: _COURSE,
        facts.LetterAccepted: _COURSE,
        facts.LetterReturned: _COURSE,
        facts.LetterRecalled: _COURSE,
        facts.LetterPassedOn: _COURSE,
        facts.UnitAccepted: _COURSE,
        facts.LetterRead: _COURSE,
        facts.LetterSupervised: _COURSE,
        facts.DueChanged: _COURSE,
        facts.PetitionMarked: _COURSE,
        facts.DisclosureMarked: _COURSE,
        facts.QuestionLapsed: "the question named the day; the letter continues without an answer",
        facts.CommitmentMade: "the message about the reply covers it",
        facts.WriterAnswered: _OWN,
        facts.LetterRated: _OWN,
        facts.RequestRefused: "the request that the writer has just made shows it",
        facts.LetterEscalated: "staff are notified",
        facts.LetterReclassified: _INNER,
        facts.LetterLinked: _INNER,
        facts.ConflictDeclared: _INNER,
        facts.LetterSigned: _INNER,
        facts.NoteAdded: _INNER,
        facts.ReplySubmitted: _INNER,
        facts.ReplySentBack: _INNER,
        facts.ExtensionRequested: _INNER,
        facts.InstructionGiven: _INNER,
        facts.InstructionAnswered: _INNER,
        facts.PublicationProposed: _INNER,
    }
)
"""The reason why a writer is sent no message, for each other fact."""
