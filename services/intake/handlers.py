"""What each record asks of intake: to note what the router said. Pure."""

from services.intake.domain import NoteProgress
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.envelope import Envelope
from shared.contracts.event import Fact
from shared.contracts.topics import PROGRESS
from shared.platform.rules import Arrival, Handlers


def on_progress(event: Envelope[Fact], _: Arrival) -> NoteProgress:
    """Note the fact, and do what follows from it."""
    return NoteProgress(event.data, event.time)


HANDLERS: Handlers = dict.fromkeys(ON_TOPIC[PROGRESS.name], on_progress)
