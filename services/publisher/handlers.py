"""Kafka handlers of the publisher: they turn records into commands."""

from collections.abc import Mapping
from types import MappingProxyType

from services.publisher.domain.draft import ReceiveCopy
from services.publisher.domain.letter import LetterLeaf
from services.publisher.domain.letter_projection import NoteCategory, ProjectFact
from services.publisher.domain.withdrawal import EraseWords, NoteConsent
from shared.contracts import submitted_v1
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event, Fact
from shared.contracts.topics import PROGRESS
from shared.contracts.words import PublicText
from shared.kernel.civil import civil_date
from shared.kernel.letter_receipts import leaf_of
from shared.platform.letters.service_decider import Arrival, Handlers


def on_letter_submitted(
    event: Envelope[submitted_v1.LetterSubmitted], arrival: Arrival
) -> NoteCategory:
    """Record the writer's category: a report, by writer or router, is never published.

    The letter is counted among those of its day of receipt.
    """
    letter = event.data
    leaf = LetterLeaf(
        civil_date(letter.received_at), leaf_of(event.subject, letter.text_sha256), arrival.at
    )
    return NoteCategory(letter.category, leaf)


def on_consent_changed(event: Envelope[submitted_v1.ConsentChanged], _: Arrival) -> NoteConsent:
    """Record the consent; without it, the publication is taken down."""
    return NoteConsent(event.data.to_publish)


def on_letter_erased(event: Envelope[submitted_v1.LetterErased], _: Arrival) -> EraseWords | None:
    """Take down the publication if the words were erased."""
    return EraseWords() if "words" in event.data.what else None


def on_publication_copied(
    event: Envelope[submitted_v1.PublicationCopied], arrival: Arrival
) -> ReceiveCopy:
    """Store the copy for the editors."""
    words = event.data.words
    text = words if isinstance(words, PublicText) else None
    return ReceiveCopy(text, event.data.copy_number, arrival.at)


def on_progress(event: Envelope[Fact], _: Arrival) -> ProjectFact:
    """Record the router's fact."""
    return ProjectFact(event.data)


HANDLERS: Handlers = {
    submitted_v1.LetterSubmitted: on_letter_submitted,
    submitted_v1.ConsentChanged: on_consent_changed,
    submitted_v1.LetterErased: on_letter_erased,
    submitted_v1.PublicationCopied: on_publication_copied,
    **dict.fromkeys(ON_TOPIC[PROGRESS.name], on_progress),
}
_ASKED = "the router reports what becomes of it"
_PRIVATE = "the writer's identity and files are never published"
IGNORED: Mapping[type[Event], str] = MappingProxyType(
    {
        submitted_v1.AnswerSubmitted: _ASKED,
        submitted_v1.AdditionSubmitted: _ASKED,
        submitted_v1.RatingSubmitted: _ASKED,
        submitted_v1.ReopeningRequested: _ASKED,
        submitted_v1.AppealRequested: _ASKED,
        submitted_v1.WithdrawalRequested: _ASKED,
        submitted_v1.ContactChanged: _PRIVATE,
        submitted_v1.IdentitySealed: _PRIVATE,
        submitted_v1.IdentityWithheld: _PRIVATE,
        submitted_v1.IdentityRevealed: _PRIVATE,
        submitted_v1.PhoneCheckRequested: _PRIVATE,
        submitted_v1.RevealRequested: _PRIVATE,
        submitted_v1.RevealDecided: _PRIVATE,
        submitted_v1.AttachmentScanned: _PRIVATE,
        submitted_v1.AttachmentFetched: _PRIVATE,
    }
)
"""Events that change nothing here, each with the reason."""
