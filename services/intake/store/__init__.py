"""Documents, indexes and queries of intake: letters, diversions, files, keys and readings."""

from services.intake.store.backlog import Backlog as Backlog
from services.intake.store.backlog import Backlogged as Backlogged
from services.intake.store.diversion_queries import MOST_LETTERS as MOST_LETTERS
from services.intake.store.diversion_queries import READING_INDEXES
from services.intake.store.diversion_queries import READINGS as READINGS
from services.intake.store.diversion_queries import QueueName as QueueName
from services.intake.store.diversion_queries import QueueRow as QueueRow
from services.intake.store.diversion_queries import Readings as Readings
from services.intake.store.diversion_queries import first_unseen_of as first_unseen_of
from services.intake.store.diversion_queries import letters_due as letters_due
from services.intake.store.diversion_queries import of_writer as of_writer
from services.intake.store.diversion_queries import rows as rows
from services.intake.store.diversion_queries import unseen as unseen
from services.intake.store.erasure_ledger import ERASURES as ERASURES
from services.intake.store.erasure_ledger import ERASURES_INDEXES
from services.intake.store.erasure_ledger import ErasureEntry as ErasureEntry
from services.intake.store.erasure_ledger import ErasureLedger as ErasureLedger
from services.intake.store.file_orphans import KeptFile as KeptFile
from services.intake.store.file_orphans import OrphanRecords as OrphanRecords
from services.intake.store.file_records import FILE_FIELDS as FILE_FIELDS
from services.intake.store.file_records import FILE_INDEXES
from services.intake.store.file_records import FILES as FILES
from services.intake.store.file_records import FileRecords as FileRecords
from services.intake.store.letter_drafts import DRAFT_INDEXES
from services.intake.store.letter_drafts import LETTER_DRAFTS as LETTER_DRAFTS
from services.intake.store.letter_drafts import LetterDrafts as LetterDrafts
from services.intake.store.letter_queries import MOST_IDENTITIES as MOST_IDENTITIES
from services.intake.store.letter_queries import STATE as STATE
from services.intake.store.letter_queries import diversions_of as diversions_of
from services.intake.store.letter_queries import identities_under as identities_under
from services.intake.store.letter_queries import index as index
from services.intake.store.letter_queries import letters_of as letters_of
from services.intake.store.letter_queries import newest_published as newest_published
from services.intake.store.letter_queries import outgoing as outgoing
from services.intake.store.letter_queries import own_open_letters as own_open_letters
from services.intake.store.limit_counts import LIMIT_INDEXES
from services.intake.store.limit_counts import LIMITS as LIMITS
from services.intake.store.limit_counts import LimitCounts as LimitCounts
from services.intake.store.look_up_queries import BY_DOCUMENT as BY_DOCUMENT
from services.intake.store.look_up_queries import BY_PHONE as BY_PHONE
from services.intake.store.look_up_queries import LOOK_UP_FIELDS as LOOK_UP_FIELDS
from services.intake.store.look_up_queries import LOOK_UP_INDEXES, LOOK_UP_RECORDS
from services.intake.store.look_up_queries import LOOK_UPS as LOOK_UPS
from services.intake.store.look_up_queries import MOST_FOUND as MOST_FOUND
from services.intake.store.look_up_queries import MOST_IN_TEN_MINUTES as MOST_IN_TEN_MINUTES
from services.intake.store.look_up_queries import LookUp as LookUp
from services.intake.store.look_up_queries import LookUpKind as LookUpKind
from services.intake.store.look_up_queries import LookUps as LookUps
from services.intake.store.look_up_queries import document_hash as document_hash
from services.intake.store.look_up_queries import letters_by as letters_by
from services.intake.store.look_up_queries import look_up_fields as look_up_fields
from services.intake.store.look_up_queries import phone_hash as phone_hash
from services.intake.store.numbers import DrawnNumber as DrawnNumber
from services.intake.store.numbers import Kind as Kind
from services.intake.store.numbers import Numbers as Numbers
from services.intake.store.retention_queries import MOST_DUE as MOST_DUE
from services.intake.store.retention_queries import MOST_UNDATED as MOST_UNDATED
from services.intake.store.retention_queries import RETENTION_INDEXES
from services.intake.store.retention_queries import Overdue as Overdue
from services.intake.store.retention_queries import date_again as date_again
from services.intake.store.retention_queries import diversions_about as diversions_about
from services.intake.store.retention_queries import due as due
from services.intake.store.retention_queries import next_due as next_due
from services.intake.store.retention_queries import overdue as overdue
from services.intake.store.reveal_queries import REVEAL_INDEXES
from services.intake.store.reveal_queries import RevealFilter as RevealFilter
from services.intake.store.reveal_queries import letters_with_reveals as letters_with_reveals
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
