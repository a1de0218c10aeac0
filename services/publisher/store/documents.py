"""Documents of the publisher: state, indexes, and the topics of its events."""

from collections.abc import Iterable

from pydantic import TypeAdapter

from services.publisher.domain import PublisherEvent
from services.publisher.domain.letter import PublisherLetter, RejectedDraft
from services.publisher.store.count_entries import COUNT_INDEXES, COUNTS
from services.publisher.store.daily_figures import FIGURES, FIGURES_INDEXES
from services.publisher.store.reading_room_search import SEARCH_INDEXES, search_fields
from shared.contracts import published_v1
from shared.contracts.releases_v1 import ReleaseCorrected, ReleasePublished, ReleaseWithdrawn
from shared.contracts.topics import PROGRESS, PUBLISHED, RELEASES, RESENDS, SUBMITTED
from shared.kernel.working_days import passes_at
from shared.platform.http.visibility import marks
from shared.platform.letters.document_mapper import INDEXES as SHELL_INDEXES
from shared.platform.letters.service_decider import Outgoing
from shared.platform.mongo.database import Document, Index

LETTERS = "letters"

STATE: TypeAdapter[PublisherLetter] = TypeAdapter(PublisherLetter)

READS = (SUBMITTED.name, PROGRESS.name, RESENDS.name)
WRITES = (PUBLISHED.name, RELEASES.name)

INDEXES = {
    LETTERS: (
        *SHELL_INDEXES,
        Index((("copied_at", 1), ("_id", 1))),
        Index((("problem_at", 1), ("_id", 1)), sparse=True),
        Index((("published_at", -1), ("publication", -1)), sparse=True),
        Index((("publication", 1),), sparse=True),
        *SEARCH_INDEXES,
        Index((("rejected_at", -1), ("_id", -1)), sparse=True),
        Index((("taken_down_at", -1), ("_id", -1)), sparse=True),
        Index((("received_on", 1),), sparse=True),
        Index((("leaf_noted_at", 1),), sparse=True),
    ),
    FIGURES: FIGURES_INDEXES,
    COUNTS: COUNT_INDEXES,
}


def index(state: PublisherLetter) -> Document:
    """Index fields, by which drafts, problems and publications are listed."""
    newer = state.published.newer if state.published else None
    waiting = state.waiting or newer
    problems = state.published.problems if state.published else ()
    leaf, draft = state.leaf, state.draft
    return {
        "received_on": leaf.received_on.isoformat() if leaf else None,
        "leaf_noted_at": leaf.noted_at if leaf else None,
        "copied_at": waiting.copied_at if waiting else None,
        "problem_at": min(
            (passes_at(each.due_on) for each in problems if each.due_on), default=None
        ),
        "published_at": state.page.published_at if state.page else None,
        "publication": state.page.publication if state.page else None,
        **search_fields(state.page),
        "rejected_at": draft.rejected_at if isinstance(draft, RejectedDraft) else None,
        "taken_down_at": state.taken_down.published_at if state.taken_down else None,
        **marks(state.standing),
    }


def outgoing(event: PublisherEvent, _: PublisherLetter) -> Iterable[Outgoing]:
    """Events for our services are keyed by letter, releases by publication."""
    if isinstance(
        event,
        published_v1.LetterPublished
        | published_v1.PublicationCorrected
        | published_v1.PublicationWithdrawn
        | published_v1.PublicationProblemReported
        | published_v1.PublicationProblemDecided,
    ):
        yield Outgoing(PUBLISHED.name, event)
    if isinstance(event, ReleasePublished | ReleaseCorrected | ReleaseWithdrawn):
        yield Outgoing(RELEASES.name, event, subject=event.publication)
