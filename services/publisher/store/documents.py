"""How the publisher keeps a letter: its shape, its indexes, and what goes on which topic."""

from collections.abc import Iterable

from pydantic import TypeAdapter

from services.publisher.domain import Happening, Letter
from services.publisher.store.daily_figures import FIGURES, FIGURES_INDEXES
from shared.contracts.published_v1 import (
    LetterPublished,
    PublicationCorrected,
    PublicationProblemDecided,
    PublicationProblemReported,
    PublicationWithdrawn,
)
from shared.contracts.releases_v1 import ReleaseCorrected, ReleasePublished, ReleaseWithdrawn
from shared.contracts.topics import PROGRESS, PUBLISHED, RELEASES, RESENDS, SUBMITTED
from shared.kernel.working_days import passes_at
from shared.platform.database import Document, Index
from shared.platform.documents import INDEXES as SHELL_INDEXES
from shared.platform.rules import Outgoing
from shared.platform.seen import marks

LETTERS = "letters"

STATE: TypeAdapter[Letter] = TypeAdapter(Letter)

READS = (SUBMITTED.name, PROGRESS.name, RESENDS.name)
WRITES = (PUBLISHED.name, RELEASES.name)

INDEXES = {
    LETTERS: (
        *SHELL_INDEXES,
        Index((("copied_at", 1), ("_id", 1))),
        Index((("problem_at", 1), ("_id", 1)), sparse=True),
        Index((("published_at", -1), ("publication", -1)), sparse=True),
        Index((("publication", 1),), sparse=True),
    ),
    FIGURES: FIGURES_INDEXES,
}


def index(state: Letter) -> Document:
    """Where a draft and a problem stand in the editors' lists, or a publication in everyone's."""
    newer = state.published.newer if state.published else None
    waiting = state.waiting or newer
    problems = state.published.problems if state.published else ()
    return {
        "copied_at": waiting.copied_at if waiting else None,
        "problem_at": min((passes_at(one.due_on) for one in problems if one.due_on), default=None),
        "published_at": state.page.published_at if state.page else None,
        "publication": state.page.publication if state.page else None,
        **marks(state.standing),
    }


def outgoing(event: Happening, _: Letter) -> Iterable[Outgoing]:
    """What our services are told, by letter, and everyone, by publication."""
    if isinstance(
        event,
        LetterPublished
        | PublicationCorrected
        | PublicationWithdrawn
        | PublicationProblemReported
        | PublicationProblemDecided,
    ):
        yield Outgoing(PUBLISHED.name, event)
    if isinstance(event, ReleasePublished | ReleaseCorrected | ReleaseWithdrawn):
        yield Outgoing(RELEASES.name, event, subject=event.publication)
