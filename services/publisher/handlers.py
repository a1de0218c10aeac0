"""What each record asks of the publisher. Pure: from an opened envelope to a command."""

from collections.abc import Mapping
from types import MappingProxyType

from services.publisher.domain import (
    ForgetWords,
    HearProgress,
    NoteCategory,
    NoteConsent,
    TakeCopy,
)
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event, Fact
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
from shared.contracts.words import PublicText
from shared.platform.letters.service_decider import Arrival, Handlers


def on_letter_submitted(event: Envelope[LetterSubmitted], _: Arrival) -> NoteCategory:
    """Remember what the writer says that it is: what is a report to either is never published."""
    return NoteCategory(event.data.category)


def on_consent_changed(event: Envelope[ConsentChanged], _: Arrival) -> NoteConsent:
    """Take down what the writer doesn't allow any more."""
    return NoteConsent(event.data.to_publish)


def on_letter_erased(event: Envelope[LetterErased], _: Arrival) -> ForgetWords | None:
    """Take down what was made of words whose time is over."""
    return ForgetWords() if "words" in event.data.what else None


def on_publication_copied(event: Envelope[PublicationCopied], arrival: Arrival) -> TakeCopy:
    """Keep the copy for the editors."""
    words = event.data.words
    text = words if isinstance(words, PublicText) else None
    return TakeCopy(text, event.data.copy_number, arrival.at)


def on_progress(event: Envelope[Fact], _: Arrival) -> HearProgress:
    """Keep what the router says of the letter."""
    return HearProgress(event.data)


HANDLERS: Handlers = {
    LetterSubmitted: on_letter_submitted,
    ConsentChanged: on_consent_changed,
    LetterErased: on_letter_erased,
    PublicationCopied: on_publication_copied,
    **dict.fromkeys(ON_TOPIC[PROGRESS.name], on_progress),
}
_ASKED = "what the router makes of it is heard"
_PRIVATE = "who the writer is, and what else they sent, is never published"
IGNORED: Mapping[type[Event], str] = MappingProxyType(
    {
        AnswerSubmitted: _ASKED,
        AdditionSubmitted: _ASKED,
        RatingSubmitted: _ASKED,
        ReopeningRequested: _ASKED,
        AppealRequested: _ASKED,
        WithdrawalRequested: _ASKED,
        ContactChanged: _PRIVATE,
        IdentitySealed: _PRIVATE,
        IdentityWithheld: _PRIVATE,
        IdentityRevealed: _PRIVATE,
        RevealRequested: _PRIVATE,
        RevealDecided: _PRIVATE,
        AttachmentScanned: _PRIVATE,
        AttachmentFetched: _PRIVATE,
    }
)
"""What is heard and changes nothing here, each with the reason."""
