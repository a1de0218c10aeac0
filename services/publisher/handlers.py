"""What each record asks of the publisher. Pure: from an opened envelope to a command."""

from services.publisher.domain import HearProgress, NoteCategory, TakeCopy
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.envelope import Envelope
from shared.contracts.event import Fact
from shared.contracts.submitted_v1 import LetterSubmitted, PublicationCopied
from shared.contracts.topics import PROGRESS
from shared.contracts.words import PublicText
from shared.platform.rules import Arrival, Handlers


def on_letter_submitted(event: Envelope[LetterSubmitted], _: Arrival) -> NoteCategory:
    """Remember what the writer says that it is: what is a report to either is never published."""
    return NoteCategory(event.data.category)


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
    PublicationCopied: on_publication_copied,
    **dict.fromkeys(ON_TOPIC[PROGRESS.name], on_progress),
}
