"""A bounded buffer of early records, kept in the letter's document until their turn.

Records that don't fit are dropped: the letter remembers only that they exist (`heard`), and the
topic's writer still has them in its log.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.platform.kafka.bus import Inbound
from shared.platform.kafka.record_documents import fields_of, headers_of
from shared.platform.mongo.database import Document

MOST_EVENTS = 64
MOST_BYTES = 1 << 20


@dataclass(slots=True)
class ReorderBuffer:
    """Waiting records by topic mark and sequence."""

    waiting: dict[str, dict[int, Inbound]] = field(default_factory=dict)

    def copy(self) -> ReorderBuffer:
        """An independent copy."""
        return ReorderBuffer({mark: dict(records) for mark, records in self.waiting.items()})

    def put(self, mark: str, sequence: int, *, raw: Inbound) -> bool:
        """Buffer `raw`; return false if it doesn't fit. A waiting record is not replaced."""
        if self.get(mark, sequence) is not None:
            return True
        count = sum(len(records) for records in self.waiting.values())
        size = sum(
            len(record.value) for records in self.waiting.values() for record in records.values()
        )
        if count >= MOST_EVENTS or size + len(raw.value) > MOST_BYTES:
            return False
        self.waiting.setdefault(mark, {})[sequence] = raw
        return True

    def get(self, mark: str, sequence: int) -> Inbound | None:
        """The record waiting for this sequence, if any."""
        return self.waiting.get(mark, {}).get(sequence)

    def first(self, mark: str, *, below: int) -> int | None:
        """The lowest waiting sequence below `below`, if any."""
        return min((at for at in self.waiting.get(mark, ()) if at < below), default=None)

    def drop(self, mark: str, *, up_to: int) -> None:
        """Forget records up to and including that sequence."""
        left = {at: raw for at, raw in self.waiting.get(mark, {}).items() if at > up_to}
        self.waiting.pop(mark, None)
        if left:
            self.waiting[mark] = left

    def to_document(self) -> Document:
        """The stored form; sequences are text, because document keys are."""
        return {
            mark: {str(at): _to_document(raw) for at, raw in records.items()}
            for mark, records in self.waiting.items()
        }

    @staticmethod
    def of_document(document: Document) -> ReorderBuffer:
        """Read the stored form."""
        return ReorderBuffer(
            {
                mark: {int(at): _of_document(raw) for at, raw in records.items()}
                for mark, records in document.items()
            }
        )


def _to_document(raw: Inbound) -> Document:
    return fields_of(raw) | {
        "partition": raw.partition,
        "offset": raw.offset,
        "appended_at": raw.appended_at,
    }


def _of_document(document: Document) -> Inbound:
    return Inbound(
        topic=document["topic"],
        partition=document["partition"],
        offset=document["offset"],
        appended_at=document["appended_at"],
        key=bytes(document["key"]),
        value=bytes(document["value"]),
        headers=headers_of(document),
    )
