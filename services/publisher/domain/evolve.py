"""`evolve`: what each event changes in the state of a letter."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from services.publisher.domain import draft, editing, letter_projection, publication, withdrawal
from services.publisher.domain.letter import PublisherLetter
from shared.contracts import published_v1
from shared.contracts.releases_v1 import ReleaseCorrected, ReleasePublished, ReleaseWithdrawn

PublisherEvent: TypeAlias = (
    letter_projection.CategoryNoted
    | letter_projection.FactProjected
    | draft.CopyReceived
    | draft.DraftProposed
    | editing.DraftReworded
    | editing.WordsMarked
    | editing.DraftSentBack
    | editing.DraftRejected
    | editing.DraftRestored
    | published_v1.LetterPublished
    | ReleasePublished
    | published_v1.PublicationProblemReported
    | published_v1.PublicationProblemDecided
    | publication.ChangeProposed
    | publication.ChangeMade
    | published_v1.PublicationCorrected
    | ReleaseCorrected
    | withdrawal.DraftDropped
    | published_v1.PublicationWithdrawn
    | ReleaseWithdrawn
)

FOLDS: Mapping[type[PublisherEvent], Callable[[PublisherLetter, Any], PublisherLetter]] = (
    MappingProxyType(
        {
            letter_projection.CategoryNoted: letter_projection.category_noted,
            letter_projection.FactProjected: letter_projection.fact_projected,
            draft.CopyReceived: draft.copy_received,
            draft.DraftProposed: draft.draft_proposed,
            editing.DraftReworded: editing.draft_reworded,
            editing.WordsMarked: editing.words_marked,
            editing.DraftSentBack: editing.draft_sent_back,
            editing.DraftRejected: editing.draft_rejected,
            editing.DraftRestored: editing.draft_restored,
            published_v1.LetterPublished: draft.letter_published,
            published_v1.PublicationProblemReported: publication.problem_reported,
            published_v1.PublicationProblemDecided: publication.problem_settled,
            publication.ChangeProposed: publication.change_proposed,
            publication.ChangeMade: publication.change_made,
            withdrawal.DraftDropped: withdrawal.draft_dropped,
            published_v1.PublicationWithdrawn: withdrawal.withdrawn,
        }
    )
)
LOG_ONLY: frozenset[type[PublisherEvent]] = frozenset(
    {ReleasePublished, published_v1.PublicationCorrected, ReleaseCorrected, ReleaseWithdrawn}
)
"""Events for others; the event before each of them changes the letter."""


def evolve(letter: PublisherLetter, event: PublisherEvent) -> PublisherLetter:
    """The letter after `event`."""
    fold = FOLDS.get(type(event))
    return fold(letter, event) if fold else letter
