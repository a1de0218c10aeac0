"""Documents, indexes and queries of intake: letters, diversions, files, keys and readings."""

from services.intake.store.backlog import Backlog, Backlogged
from services.intake.store.diversion_queries import (
    MOST_LETTERS,
    READING_INDEXES,
    READINGS,
    QueueName,
    QueueRow,
    Readings,
    first_unseen_of,
    letters_due,
    of_writer,
    rows,
    unseen,
)
from services.intake.store.erasure_ledger import (
    ERASURES,
    ERASURES_INDEXES,
    ErasureEntry,
    ErasureLedger,
)
from services.intake.store.file_orphans import KeptFile, OrphanRecords
from services.intake.store.file_records import FILE_FIELDS, FILE_INDEXES, FILES, FileRecords
from services.intake.store.letter_drafts import DRAFT_INDEXES, LETTER_DRAFTS, LetterDrafts
from services.intake.store.letter_queries import (
    MOST_IDENTITIES,
    STATE,
    diversions_of,
    identities_under,
    index,
    letters_of,
    newest_published,
    outgoing,
    own_open_letters,
)
from services.intake.store.limit_counts import LIMIT_INDEXES, LIMITS, LimitCounts
from services.intake.store.look_up_queries import (
    BY_DOCUMENT,
    BY_PHONE,
    LOOK_UP_FIELDS,
    LOOK_UP_INDEXES,
    LOOK_UP_RECORDS,
    LOOK_UPS,
    MOST_FOUND,
    MOST_IN_TEN_MINUTES,
    LookUp,
    LookUpKind,
    LookUps,
    document_hash,
    letters_by,
    look_up_fields,
    phone_hash,
)
from services.intake.store.numbers import DrawnNumber, Kind, Numbers
from services.intake.store.retention_queries import (
    MOST_DUE,
    MOST_UNDATED,
    RETENTION_INDEXES,
    Overdue,
    date_again,
    diversions_about,
    due,
    next_due,
    overdue,
)
from services.intake.store.reveal_queries import REVEAL_INDEXES, RevealFilter, letters_with_reveals
from shared.contracts.topics import DIVERTED, PROGRESS, PUBLISHED, RESENDS, SUBMITTED
from shared.platform.letters.document_mapper import INDEXES as SHELL_INDEXES
from shared.platform.mongo.database import Index

LETTERS = "letters"
IDEMPOTENCY = "idempotency"

READS = (PROGRESS.name, PUBLISHED.name, RESENDS.name)
WRITES = (SUBMITTED.name, DIVERTED.name)

INDEXES = {
    LETTERS: (
        *SHELL_INDEXES,
        Index((("owner", 1), ("received_at", -1), ("_id", -1))),
        Index((("identity_kid", 1),), sparse=True),
        Index((("diversion_of", 1), ("diverted_at", -1), ("_id", -1)), sparse=True),
        Index((("published_at", -1), ("_id", -1)), sparse=True),
        Index((("unseen_since", 1),), sparse=True),
        Index((("unresolved_since", 1),), sparse=True),
        Index((("letter_due_since", 1),), sparse=True),
        *REVEAL_INDEXES,
        *LOOK_UP_INDEXES,
        *RETENTION_INDEXES,
        Index((("diverted_by", 1), ("unseen_since", 1)), sparse=True),
    ),
    IDEMPOTENCY: (Index((("at", 1),), expire_after_s=90 * 86_400),),
    LETTER_DRAFTS: DRAFT_INDEXES,
    LIMITS: LIMIT_INDEXES,
    READINGS: READING_INDEXES,
    LOOK_UPS: LOOK_UP_RECORDS,
    ERASURES: ERASURES_INDEXES,
    FILES: FILE_INDEXES,
}
"""Sparse: what has been seen, resolved or sent leaves its index."""

__all__ = [
    "BY_DOCUMENT",
    "BY_PHONE",
    "ERASURES",
    "FILES",
    "FILE_FIELDS",
    "IDEMPOTENCY",
    "INDEXES",
    "LETTERS",
    "LETTER_DRAFTS",
    "LIMITS",
    "LOOK_UPS",
    "LOOK_UP_FIELDS",
    "MOST_DUE",
    "MOST_FOUND",
    "MOST_IDENTITIES",
    "MOST_IN_TEN_MINUTES",
    "MOST_LETTERS",
    "MOST_UNDATED",
    "READINGS",
    "READS",
    "STATE",
    "WRITES",
    "Backlog",
    "Backlogged",
    "DrawnNumber",
    "ErasureEntry",
    "ErasureLedger",
    "FileRecords",
    "KeptFile",
    "Kind",
    "LetterDrafts",
    "LimitCounts",
    "LookUp",
    "LookUpKind",
    "LookUps",
    "Numbers",
    "OrphanRecords",
    "Overdue",
    "QueueName",
    "QueueRow",
    "Readings",
    "RevealFilter",
    "date_again",
    "diversions_about",
    "diversions_of",
    "document_hash",
    "due",
    "first_unseen_of",
    "identities_under",
    "index",
    "letters_by",
    "letters_due",
    "letters_of",
    "letters_with_reveals",
    "look_up_fields",
    "newest_published",
    "next_due",
    "of_writer",
    "outgoing",
    "overdue",
    "own_open_letters",
    "phone_hash",
    "rows",
    "unseen",
]
