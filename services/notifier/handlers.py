"""The command for each event that the notifier consumes: one table, `HANDLERS`."""

from collections.abc import Mapping
from types import MappingProxyType

from services.notifier.domain.contact import KeepContact
from services.notifier.domain.own_clocks import RecordOtherEvent
from services.notifier.domain.progress import RecordProgress
from shared.contracts import diverted_v1, published_v1, submitted_v1
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event, Fact
from shared.contracts.topics import PROGRESS
from shared.contracts.words import Contact
from shared.platform.letters.service_decider import Arrival, Handlers


def on_letter_submitted(event: Envelope[submitted_v1.LetterSubmitted], _: Arrival) -> KeepContact:
    """Store the writer's contact and language."""
    return KeepContact(_contact(event.data.contact), event.data.lang)


def on_contact_changed(event: Envelope[submitted_v1.ContactChanged], _: Arrival) -> KeepContact:
    """Replace the writer's contact."""
    return KeepContact(_contact(event.data.contact), None)


def on_letter_erased(event: Envelope[submitted_v1.LetterErased], _: Arrival) -> KeepContact | None:
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
    submitted_v1.LetterSubmitted: on_letter_submitted,
    submitted_v1.ContactChanged: on_contact_changed,
    submitted_v1.LetterErased: on_letter_erased,
    submitted_v1.PhoneCheckRequested: on_other,
    **dict.fromkeys(ON_TOPIC[PROGRESS.name], on_progress),
    diverted_v1.LetterDiverted: on_other,
    diverted_v1.DutySeen: on_other,
    published_v1.LetterPublished: on_other,
    published_v1.PublicationProblemReported: on_other,
    published_v1.PublicationProblemDecided: on_other,
}
_ASKED = "the router decides, and the notifier reacts to its decision"
_SHOWN = "the letter's page and the desk show it"
_INNER = "nobody waits for it, and it affects no clock"
IGNORED: Mapping[type[Event], str] = MappingProxyType(
    {
        submitted_v1.AnswerSubmitted: _ASKED,
        submitted_v1.AdditionSubmitted: _ASKED,
        submitted_v1.RatingSubmitted: _ASKED,
        submitted_v1.ReopeningRequested: _ASKED,
        submitted_v1.AppealRequested: _ASKED,
        submitted_v1.WithdrawalRequested: _ASKED,
        submitted_v1.ConsentChanged: "the publisher acts on it",
        submitted_v1.IdentitySealed: _INNER,
        submitted_v1.IdentityWithheld: _INNER,
        submitted_v1.RevealRequested: _SHOWN,
        submitted_v1.RevealDecided: _SHOWN,
        submitted_v1.IdentityRevealed: _SHOWN,
        submitted_v1.AttachmentScanned: _INNER,
        submitted_v1.AttachmentFetched: _INNER,
        submitted_v1.PublicationCopied: _INNER,
        diverted_v1.DiversionResolved: "the clock stopped when somebody saw it",
        published_v1.PublicationCorrected: _INNER,
        published_v1.PublicationWithdrawn: "the writer knows, and other events decide its problems",
    }
)
"""Consumed events that change nothing here, each with the reason."""
