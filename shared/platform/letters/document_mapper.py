"""The shape of a letter's document: to and from the database (ADR-0002).

{ _id, version, by, state, seen, heard, gap_since, early, asked, asked_count, asked_moved,
  digests, log, logged: { count, bytes }, moved, sent, unsent, unsent_since, erased, erasing_since }

Beside them stand the service's own indexed fields and marks of work to do (`ServiceDecider.anew`).
`moved` and `asked_moved` count the parts of `log` and `asked` that are archived (event_log.py).
`erased` names words that must leave the events; `erasing_since` is set while some still hold them
(erasure.py).
"""

from __future__ import annotations

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
"""Of every collection of letters."""


def kept(document: Document, rules: ServiceDecider[C, S], *, seals: Seals) -> StoredLetter[S]:
    """A loaded document as the fold starts from it. Raises: CannotOpen, when keys don't fit."""
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
    """The one operation that keeps a fold: a compare-and-set, or the first insert of its letter."""
    if not fold.kept.version:
        first = _first(fold, _now(fold, rules, seals), write_id=write_id, at=at)
        return Insert(first | _anew(fold, rules, at))
    gap_since = _gap_since(fold, at)
    wanted = _now(fold, rules, seals) | {"by": write_id, "gap_since": gap_since}
    change: Document = {
        "$set": {name: value for name, value in wanted.items() if value is not None}
        | {f"asked.{name}": content for name, content in fold.asked.items()}
        | {f"digests.{place}": content for place, content in fold.digests.items()}
        | _erasing(fold, at)
        | _anew(fold, rules, at),
        "$inc": _increments(fold),
    }
    absent = [name for name, value in wanted.items() if value is None]
    if absent:
        change["$unset"] = dict.fromkeys(absent, "")
    if fold.log:
        change["$push"] = {"log": {"$each": [_entry_document(one) for one in fold.log]}}
    if fold.unsent:
        change["$min"] = {f"unsent.{mark}": low for mark, low in sorted(fold.unsent.items())} | {
            "unsent_since": at
        }
    where = {"_id": fold.letter, "version": fold.kept.version, "by": fold.kept.by}
    return Update(where, change)


def log(document: Document) -> list[LogEntry]:
    """Every event of the document's log, oldest first."""
    return [entry(one) for one in document.get("log", ())]


def entry(kept_entry: Document) -> LogEntry:
    """One event of a log, as it was kept there or moved elsewhere."""
    return LogEntry(
        outbound_of(kept_entry),
        kept_entry["type"],
        kept_entry["sequence"],
        kept_entry["cause"],
        kept_entry["at"],
    )


def size(kept_entry: Document) -> int:
    """Bytes of one event of a log, without the names of its fields."""
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
        **_erasing(fold, at),
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


def _erasing(fold: LetterTransaction[C, S], at: datetime) -> Document:
    """What is to be erased of the log, once the event that asks for it is kept."""
    if fold.erased == fold.kept.erased:
        return {}
    return {"erased": fold.erased.to_document(), "erasing_since": at}


def _anew(fold: LetterTransaction[C, S], rules: ServiceDecider[C, S], at: datetime) -> Document:
    """Marks of work that this write leaves to be done."""
    return dict.fromkeys(rules.anew(fold.kept.state, fold.state), at)


def _entry_document(said: LogEntry) -> Document:
    return fields_of(said.record) | {
        "sequence": said.sequence,
        "type": said.type,
        "cause": said.cause,
        "at": said.at,
    }
