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
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    CommitmentFulfilled,
    CommitmentMade,
    DisclosureMarked,
    DueChanged,
    ExtensionDecided,
    ExtensionRequested,
    InstructionAnswered,
    InstructionGiven,
    LetterAccepted,
    LetterAddedTo,
    LetterClosed,
    LetterDeclined,
    LetterEscalated,
    LetterLinked,
    LetterPassedOn,
    LetterRated,
    LetterRead,
    LetterRecalled,
    LetterReceived,
    LetterReclassified,
    LetterReopened,
    LetterReplied,
    LetterReturned,
    LetterRouted,
    LetterSigned,
    LetterSupervised,
    LetterWithdrawn,
    NoteAdded,
    PetitionMarked,
    PublicationProposed,
    QuestionLapsed,
    ReplySentBack,
    ReplySubmitted,
    RequestRefused,
    TriageEntered,
    UnitAccepted,
    WriterAnswered,
    WriterAsked,
)
from shared.contracts.published_v1 import LetterPublished

WARNED_BEFORE: Final = timedelta(days=7)
"""How long before an unrated reply counts as accepted its writer is warned."""

ToWriter: TypeAlias = tuple[WriterMessage, MessageDetails]


def messages_to_writer(
    event: Event, letter: NotifierLetter, *, cause: DeliveryCause, quiet: QuietHours
) -> Iterator[Delivery]:
    """Return what the writer of `letter` is sent because of that event."""
    tell = MESSAGES.get(type(event))
    found = tell(event) if tell else None
    if found is None or _is_told_before(found[0], letter):
        return
    (message, details), at = found, quiet.after(cause.at)
    yield Delivery(cause.name, message, queued_at=at, try_at=at, details=details)
    if isinstance(event, LetterReplied) and details.by is not None:
        warned = quiet.after(max(at, morning_of(details.by - WARNED_BEFORE)))
        name = f"{cause.name}/closing"
        yield Delivery(name, "closing", queued_at=warned, try_at=warned, details=details)


def _is_told_before(message: WriterMessage, letter: NotifierLetter) -> bool:
    """Whether it is about a late addition, and an earlier message was too."""
    return message == "added_late" and any(each.message == message for each in letter.deliveries)


def _asked(fact: WriterAsked) -> ToWriter:
    return "asked", MessageDetails(by=fact.answer_by)


def _extended(fact: ExtensionDecided) -> ToWriter | None:
    return ("extended", MessageDetails(by=fact.new_due)) if fact.granted else None


def _replied(fact: LetterReplied) -> ToWriter:
    rating = next((each for each in fact.clocks if each.clock == "rating" and each.due_on), None)
    if rating is None:
        return "replied", MessageDetails()
    return "replied", MessageDetails(by=rating.due_on, clock="rating", round=rating.round)


def _declined(fact: LetterDeclined) -> ToWriter:
    return "declined", MessageDetails(by=fact.appeal_by, where_to_turn=fact.where_to_turn)


def _fulfilled(_: CommitmentFulfilled) -> ToWriter:
    return "fulfilled", MessageDetails()


def _reopened(fact: LetterReopened) -> ToWriter:
    return "reopened", MessageDetails(by=_due_on(fact, "reopened_reply"))


def _appealed(fact: AppealMade) -> ToWriter:
    return "appealed", MessageDetails(by=_due_on(fact, "reopened_reply"))


def _added(fact: LetterAddedTo) -> ToWriter | None:
    return ("added_late", MessageDetails()) if fact.late else None


def _withdrawn(_: LetterWithdrawn) -> ToWriter:
    return "withdrawn", MessageDetails()


def _closed(fact: LetterClosed) -> ToWriter | None:
    """A writer who has closed the letter as solved needs no message."""
    return ("closed", MessageDetails()) if fact.why == "silence" else None


def _published(_: LetterPublished) -> ToWriter:
    return "published", MessageDetails()


def _due_on(fact: Fact, clock: str) -> date | None:
    dues = (each.due_on for each in fact.clocks if each.clock == clock and each.due_on)
    return next(dues, None)


MESSAGES: Final[Mapping[type[Event], Callable[[Any], ToWriter | None]]] = MappingProxyType(
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
"""The message for each event that concerns the writer."""

_COURSE = "the letter's page shows it, and the writer has nothing to do"
_INNER = "it concerns the desks only"
_OWN = "the writer has just done it and got an answer"

NO_MESSAGE: Final[Mapping[type[Fact], str]] = MappingProxyType(
    {
        LetterReceived: "intake has already given the writer the number",
        TriageEntered: _COURSE,
        LetterRouted: _COURSE,
        LetterAccepted: _COURSE,
        LetterReturned: _COURSE,
        LetterRecalled: _COURSE,
        LetterPassedOn: _COURSE,
        UnitAccepted: _COURSE,
        LetterRead: _COURSE,
        LetterSupervised: _COURSE,
        DueChanged: _COURSE,
        PetitionMarked: _COURSE,
        DisclosureMarked: _COURSE,
        QuestionLapsed: "the question named the day, and the letter continues without an answer",
        CommitmentMade: "the message about the reply covers it",
        WriterAnswered: _OWN,
        LetterRated: _OWN,
        RequestRefused: "the request that the writer has just made shows it",
        LetterEscalated: "staff are notified",
        LetterReclassified: _INNER,
        LetterLinked: _INNER,
        LetterSigned: _INNER,
        NoteAdded: _INNER,
        ReplySubmitted: _INNER,
        ReplySentBack: _INNER,
        ExtensionRequested: _INNER,
        InstructionGiven: _INNER,
        InstructionAnswered: _INNER,
        PublicationProposed: _INNER,
    }
)
"""The reason why a writer is sent no message, for each other fact."""
