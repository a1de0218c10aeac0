"""Documents, indexes and queries of the publisher: letters, publications and figures."""

from services.publisher.store.daily_figures import (
    FIGURES,
    DayFigures,
    counted,
    figures_before,
    keep_figures,
)
from services.publisher.store.documents import (
    INDEXES,
    LETTERS,
    READS,
    STATE,
    WRITES,
    index,
    outgoing,
)
from services.publisher.store.publication_queries import (
    DraftRow,
    ProblemRow,
    count_drafts,
    drafts,
    letter_of,
    problems,
    publication,
    publications,
)

__all__ = [
    "FIGURES",
    "INDEXES",
    "LETTERS",
    "READS",
    "STATE",
    "WRITES",
    "DayFigures",
    "DraftRow",
    "ProblemRow",
    "count_drafts",
    "counted",
    "drafts",
    "figures_before",
    "index",
    "keep_figures",
    "letter_of",
    "outgoing",
    "problems",
    "publication",
    "publications",
]
