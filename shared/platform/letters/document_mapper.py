"""The shape of a letter's document: to and from the database (ADR-0002).

{ _id, version, by, state, seen, heard, gap_since, early, asked, asked_count, asked_moved,
  digests, log, logged: { count, bytes }, moved, sent, unsent, unsent_since, erased, erasing_since }

The service's own indexed fields and work marks (`ServiceDecider.anew`) are stored with them.
`moved` and `asked_moved` count the parts of `log` and `asked` that are archived (event_log.py).
`erased` lists erased kinds of content; `erasing_since` is set while events still hold any
(erasure.py).
"""

from datetime import datetime

from shared.platform.kafka.record_documents import fields_of, outbound_of
from shared.platform.letters.erasure_marks import Erased
from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.letters.reorder_buffer import ReorderBuffer
from shared.platform.letters.seals import Seals
from shared.platform.letters.service_decider import C, S, ServiceDecider
from shared.platform.letters.stored_letter import LogEntry, StoredLetter
from shared.platform.mongo.database import Document, Index, Insert, Update

INDEXES = (
    Index((("unsent_since", 1),), sparse=True),
    Index((("gap_since", 1),), sparse=True),
    Index((("erasing_since", 1),), sparse=True),
)
"""Indexes of every collection of letters."""


def kept(document: Document, rules: ServiceDecider[C, S], *, seals: Seals) -> StoredLetter[S]:
    """Map a document to a stored letter. Raises: CannotOpen, if the keys don't fit."""
    return StoredLetter(
        letter=document["_id"],
        state=seals.open_state(rules.state, document["state"], letter=document["_id"]),
        version=document["version"],
        by=document["by"],
        seen=document.get("seen", {}),
        heard=document.get("heard", {}),
        early=ReorderBuffer.of_document(document.get("early", {})),
        asked=document.get("asked", {}),
        digests=document.get("digests", {}),
        asked_count=document.get("asked_count", 0),
        asked_moved=document.get("asked_moved", 0),
        logged_count=document.get("logged", {}).get("count", 0),
        logged_bytes=document.get("logged", {}).get("bytes", 0),
        sent=document.get("sent", {}),
        unsent=document.get("unsent", {}),
        gap_since=document.get("gap_since"),
        erased=Erased.of_document(document),
    )


def write(
    fold: LetterTransaction[C, S],
    rules: ServiceDecider[C, S],
    *,
    seals: Seals,
    write_id: str,
    at: datetime,
) -> Insert | Update:
    """The operation that stores a transaction: a compare-and-set, or a letter's first insert."""
    if not fold.kept.version:
        first = _first(fold, _now(fold, rules, seals), write_id=write_id, at=at)
        return Insert(first | _work_marks(fold, rules, at))
    gap_since = _gap_since(fold, at)
    wanted = _now(fold, rules, seals) | {"by": write_id, "gap_since": gap_since}
    change: Document = {
        "$set": {key: value for key, value in wanted.items() if value is not None}
        | {f"asked.{key}": content for key, content in fold.asked.items()}
        | {f"digests.{place}": content for place, content in fold.digests.items()}
        | _erasure_fields(fold, at)
        | _work_marks(fold, rules, at),
        "$inc": _increments(fold),
    }
    absent = [key for key, value in wanted.items() if value is None]
    if absent:
        change["$unset"] = dict.fromkeys(absent, "")
    if fold.log:
        change["$push"] = {"log": {"$each": [_entry_document(entry) for entry in fold.log]}}
    if fold.unsent:
        change["$min"] = {f"unsent.{mark}": low for mark, low in sorted(fold.unsent.items())} | {
            "unsent_since": at
        }
    where = {"_id": fold.letter, "version": fold.kept.version, "by": fold.kept.by}
    return Update(where, change)


def log(document: Document) -> list[LogEntry]:
    """Every event of the document's log, oldest first."""
    return [entry(kept_entry) for kept_entry in document.get("log", ())]


def entry(kept_entry: Document) -> LogEntry:
    """One event of a log, from its document or from the archive."""
    return LogEntry(
        outbound_of(kept_entry),
        kept_entry["type"],
        kept_entry["sequence"],
        kept_entry["cause"],
        kept_entry["at"],
    )


def size(kept_entry: Document) -> int:
    """Size of one logged event in bytes, without its field names."""
    return entry(kept_entry).bytes


def _first(
    fold: LetterTransaction[C, S], now: Document, *, write_id: str, at: datetime
) -> Document:
    document = now | {
        "_id": fold.letter,
        "version": 1,
        "by": write_id,
        "asked": fold.asked,
        "digests": fold.digests,
        "asked_count": len(fold.asked),
        "asked_moved": 0,
        "logged": {"count": len(fold.log), "bytes": fold.log_bytes},
        "moved": 0,
        "log": [_entry_document(one) for one in fold.log],
        "gap_since": _gap_since(fold, at),
        "unsent": dict(sorted(fold.unsent.items())) or None,
        "unsent_since": at if fold.unsent else None,
        **_erasure_fields(fold, at),
    }
    return {name: value for name, value in document.items() if value is not None}


def _now(fold: LetterTransaction[C, S], rules: ServiceDecider[C, S], seals: Seals) -> Document:
    return {
        **rules.index(fold.state),
        "state": seals.seal_state(rules.state, fold.state, letter=fold.letter),
        "seen": fold.seen,
        "heard": fold.heard,
        "early": fold.early.to_document(),
        "sent": fold.sent,
    }


def _increments(fold: LetterTransaction[C, S]) -> Document:
    counts = {
        "version": 1,
        "asked_count": len(fold.asked),
        "logged.count": len(fold.log),
        "logged.bytes": fold.log_bytes,
    }
    return {name: count for name, count in counts.items() if count}


def _gap_since(fold: LetterTransaction[C, S], at: datetime) -> datetime | None:
    return (fold.kept.gap_since or at) if fold.has_gap else None


def _erasure_fields(fold: LetterTransaction[C, S], at: datetime) -> Document:
    """The fields that request erasing from the log, if this transaction erased anything."""
    if fold.erased == fold.kept.erased:
        return {}
    return {"erased": fold.erased.to_document(), "erasing_since": at}


def _work_marks(
    fold: LetterTransaction[C, S], rules: ServiceDecider[C, S], at: datetime
) -> Document:
    """Marks of work that this write leaves to be done."""
    return dict.fromkeys(rules.anew(fold.kept.state, fold.state), at)


def _entry_document(entry: LogEntry) -> Document:
    return fields_of(entry.record) | {
        "sequence": entry.sequence,
        "type": entry.type,
        "cause": entry.cause,
        "at": entry.at,
    }
