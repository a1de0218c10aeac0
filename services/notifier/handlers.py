"""The command for each event that the notifier consumes: one table, `HANDLERS`."""

from collections.abc import Mapping
from types import MappingProxyType

from services.notifier.domain.contact import KeepContact
from services.notifier.domain.own_clocks import RecordOtherEvent
from services.notifier.domain.progress import RecordProgress
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.diverted_v1 import DiversionResolved, DutySeen, LetterDiverted
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event, Fact
from shared.contracts.published_v1 import (
    LetterPublished,
    PublicationCorrected,
    PublicationProblemDecided,
    PublicationProblemReported,
    PublicationWithdrawn,
)
from shared.contracts.submitted_v1 import (
    AdditionSubmitted,
    AnswerSubmitted,
    AppealRequested,
    AttachmentFetched,
    AttachmentScanned,
    ConsentChanged,
    ContactChanged,
    IdentityRevealed,
    IdentitySealed,
    IdentityWithheld,
    LetterErased,
    LetterSubmitted,
    PublicationCopied,
    RatingSubmitted,
    ReopeningRequested,
    RevealDecided,
    RevealRequested,
    WithdrawalRequested,
)
from shared.contracts.topics import PROGRESS
from shared.contracts.words import Contact
from shared.platform.letters.service_decider import Arrival, Handlers


def on_letter_submitted(event: Envelope[LetterSubmitted], _: Arrival) -> KeepContact:
    """Store the writer's contact and language."""
    return KeepContact(_contact(event.data.contact), event.data.lang)


def on_contact_changed(event: Envelope[ContactChanged], _: Arrival) -> KeepContact:
    """Replace the writer's contact."""
    return KeepContact(_contact(event.data.contact), None)


def on_letter_erased(event: Envelope[LetterErased], _: Arrival) -> KeepContact | None:
    """Forget the writer's contact, if the identity was erased."""
    return KeepContact(None, None) if "identity" in event.data.what else None


def on_progress(event: Envelope[Fact], arrival: Arrival) -> RecordProgress:
    """Record the fact with its clocks, and notify writer and staff."""
    return RecordProgress(event.subject, event.data, event.sequence or 0, event.id, arrival.at)


def on_other(event: Envelope[Event], arrival: Arrival) -> RecordOtherEvent:
    """Record the event with its clock, and notify writer and staff."""
    return RecordOtherEvent(event.subject, event.data, event.id, arrival.at)


def _contact(words: object) -> Contact | None:
    return words if isinstance(words, Contact) else None


HANDLERS: Handlers = {
    LetterSubmitted: on_letter_submitted,
    ContactChanged: on_contact_changed,
    LetterErased: on_letter_erased,
    **dict.fromkeys(ON_TOPIC[PROGRESS.name], on_progress),
    LetterDiverted: on_other,
    DutySeen: on_other,
    LetterPublished: on_other,
    PublicationProblemReported: on_other,
    PublicationProblemDecided: on_other,
}
_ASKED = "the router decides, and the notifier reacts to its decision"
_SHOWN = "the letter's page and the desk show it"
_INNER = "nobody waits for it, and it affects no clock"
IGNORED: Mapping[type[Event], str] = MappingProxyType(
    {
        AnswerSubmitted: _ASKED,
        AdditionSubmitted: _ASKED,
        RatingSubmitted: _ASKED,
        ReopeningRequested: _ASKED,
        AppealRequested: _ASKED,
        WithdrawalRequested: _ASKED,
        ConsentChanged: "the publisher acts on it",
        IdentitySealed: _INNER,
        IdentityWithheld: _INNER,
        RevealRequested: _SHOWN,
        RevealDecided: _SHOWN,
        IdentityRevealed: _SHOWN,
        AttachmentScanned: _INNER,
        AttachmentFetched: _INNER,
        PublicationCopied: _INNER,
        DiversionResolved: "the clock stopped when somebody saw it",
        PublicationCorrected: _INNER,
        PublicationWithdrawn: "the writer knows, and other events decide its problems",
    }
)
"""Consumed events that change nothing here, each with the reason."""
