"""What each record asks of intake: to note what the router and the publisher said. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from services.intake.domain.publication_copy import NotePublisherEvent
from services.intake.domain.writer_view import NoteProgress
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event, Fact
from shared.contracts.published_v1 import (
    LetterPublished,
    PublicationCorrected,
    PublicationProblemDecided,
    PublicationProblemReported,
    PublicationWithdrawn,
)
from shared.contracts.topics import PROGRESS
from shared.platform.rules import Arrival, Handlers


def on_progress(event: Envelope[Fact], _: Arrival) -> NoteProgress:
    """Note the fact, and do what follows from it."""
    return NoteProgress(event.data, event.data.at or event.time)


def on_publication(event: Envelope[Event], _: Arrival) -> NotePublisherEvent:
    """Note for the writer where the letter can be read by everyone, or no longer can."""
    return NotePublisherEvent(event.data)


HANDLERS: Handlers = {
    **dict.fromkeys(ON_TOPIC[PROGRESS.name], on_progress),
    LetterPublished: on_publication,
    PublicationWithdrawn: on_publication,
}
IGNORED: Mapping[type[Event], str] = MappingProxyType(
    {
        PublicationCorrected: "the page stays where it is, and says itself that it was corrected",
        PublicationProblemReported: "readers and editors settle it, whoever wrote the letter",
        PublicationProblemDecided: "the same; what it changes for the writer is told by itself",
    }
)
"""What is heard and changes nothing here, each with the reason."""
