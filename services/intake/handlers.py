"""Kafka handlers of intake: they turn records of router and publisher into commands."""

from collections.abc import Mapping
from types import MappingProxyType

from services.intake.domain.publication_copy import NotePublisherEvent
from services.intake.domain.writer_view import NoteProgress
from shared.contracts import published_v1
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event, Fact
from shared.contracts.topics import PROGRESS
from shared.platform.letters.service_decider import Arrival, Handlers


def on_progress(event: Envelope[Fact], _: Arrival) -> NoteProgress:
    """Record the fact, and do what follows from it."""
    return NoteProgress(event.data, event.data.at or event.time)


def on_publication(event: Envelope[Event], _: Arrival) -> NotePublisherEvent:
    """Record for the writer where everyone can read the letter, or no longer can."""
    return NotePublisherEvent(event.data)


HANDLERS: Handlers = {
    **dict.fromkeys(ON_TOPIC[PROGRESS.name], on_progress),
    published_v1.LetterPublished: on_publication,
    published_v1.PublicationCorrected: on_publication,
    published_v1.PublicationWithdrawn: on_publication,
}
IGNORED: Mapping[type[Event], str] = MappingProxyType(
    {
        published_v1.PublicationProblemReported: "a matter between readers and editors",
        published_v1.PublicationProblemDecided: "the same; a withdrawal is an event of its own",
    }
)
"""Events that change nothing here, each with the reason."""
