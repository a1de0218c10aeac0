"""The shape of a letter's document: to and from the database (ADR-0002).

{ _id, version, by, state, seen, heard, gap_since, early, asked, log, sent, unsent, unsent_since }

and the service's own indexed fields beside them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared.platform.bus import Outbound
from shared.platform.database import Document, Index, Insert, Update, octets
from shared.platform.early import Early
from shared.platform.fold import Entry, Fold, Kept
from shared.platform.rules import C, Rules, S
from shared.platform.seals import Seals

INDEXES = (
    Index((("unsent_since", 1),), sparse=True),
    Index((("gap_since", 1),), sparse=True),
)
"""Of every collection of letters."""


def kept(document: Document, rules: Rules[C, S], *, seals: Seals) -> Kept[S]:
    """A loaded document as the fold starts from it. Raises: CannotOpen, when keys don't fit."""
    return Kept(
        letter=document["_id"],
        state=seals.open_state(rules.state, document["state"], letter=document["_id"]),
        version=document["version"],
        by=document["by"],
        seen=document.get("seen", {}),
        heard=document.get("heard", {}),
        early=Early.of_document(document.get("early", {})),
        asked=document.get("asked", {}),
        sent=document.get("sent", {}),
        unsent=document.get("unsent", {}),
        gap_since=document.get("gap_since"),
    )


def write(
    fold: Fold[C, S], rules: Rules[C, S], *, seals: Seals, write_id: str, at: datetime
) -> Insert | Update:
    """The one operation that keeps a fold: a compare-and-set, or the first insert of its letter."""
    if not fold.kept.version:
        return Insert(_first(fold, _now(fold, rules, seals), write_id=write_id, at=at))
    gap_since = _gap_since(fold, at)
    wanted = _now(fold, rules, seals) | {"by": write_id, "gap_since": gap_since}
    change: Document = {
        "$set": {name: value for name, value in wanted.items() if value is not None}
        | {f"asked.{name}": content for name, content in fold.asked.items()},
        "$inc": {"version": 1},
    }
    absent = [name for name, value in wanted.items() if value is None]
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


def log(document: Document) -> list[Entry]:
    """Every event of the document's log, oldest first."""
    return [_entry_of(one) for one in document.get("log", ())]


def _first(fold: Fold[C, S], now: Document, *, write_id: str, at: datetime) -> Document:
    document = now | {
        "_id": fold.letter,
        "version": 1,
        "by": write_id,
        "asked": fold.asked,
        "log": [_entry_document(entry) for entry in fold.log],
        "gap_since": _gap_since(fold, at),
        "unsent": dict(sorted(fold.unsent.items())) or None,
        "unsent_since": at if fold.unsent else None,
    }
    return {name: value for name, value in document.items() if value is not None}


def _now(fold: Fold[C, S], rules: Rules[C, S], seals: Seals) -> Document:
    return {
        **rules.index(fold.state),
        "state": seals.seal_state(rules.state, fold.state, letter=fold.letter),
        "seen": fold.seen,
        "heard": fold.heard,
        "early": fold.early.to_document(),
        "sent": fold.sent,
    }


def _gap_since(fold: Fold[C, S], at: datetime) -> datetime | None:
    return (fold.kept.gap_since or at) if fold.has_gap else None


def _entry_document(entry: Entry) -> Document:
    return {
        "topic": entry.record.topic,
        "sequence": entry.sequence,
        "type": entry.type,
        "cause": entry.cause,
        "at": entry.at,
        "key": octets(entry.record.key),
        "value": octets(entry.record.value),
        "headers": [[name, octets(value)] for name, value in entry.record.headers],
    }


def _entry_of(kept_entry: Document) -> Entry:
    headers: list[list[Any]] = kept_entry["headers"]
    record = Outbound(
        kept_entry["topic"],
        bytes(kept_entry["key"]),
        bytes(kept_entry["value"]),
        tuple((name, bytes(value)) for name, value in headers),
    )
    return Entry(
        record, kept_entry["type"], kept_entry["sequence"], kept_entry["cause"], kept_entry["at"]
    )
