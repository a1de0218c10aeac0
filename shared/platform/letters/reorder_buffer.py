"""Records that came before their turn, kept beside the letter until it comes. A bounded cache.

What doesn't fit is not kept: the letter only remembers that it heard of it, and the topic's writer
still has it in its log.
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
        """One that can be changed while this stays."""
        return ReorderBuffer({mark: dict(records) for mark, records in self.waiting.items()})

    def put(self, mark: str, sequence: int, *, raw: Inbound) -> bool:
        """Keep `raw`; false when it doesn't fit. One that waits already stays as it is."""
        if self.get(mark, sequence) is not None:
            return True
        count = sum(len(records) for records in self.waiting.values())
        size = sum(len(one.value) for records in self.waiting.values() for one in records.values())
        if count >= MOST_EVENTS or size + len(raw.value) > MOST_BYTES:
            return False
        self.waiting.setdefault(mark, {})[sequence] = raw
        return True

    def get(self, mark: str, sequence: int) -> Inbound | None:
        """The record that waits for this turn, if it does."""
        return self.waiting.get(mark, {}).get(sequence)

    def first(self, mark: str, *, below: int) -> int | None:
        """The lowest sequence that waits, if it is lower than `below`."""
        return min((at for at in self.waiting.get(mark, ()) if at < below), default=None)

    def drop(self, mark: str, *, up_to: int) -> None:
        """Forget what was applied."""
        left = {at: raw for at, raw in self.waiting.get(mark, {}).items() if at > up_to}
        self.waiting.pop(mark, None)
        if left:
            self.waiting[mark] = left

    def to_document(self) -> Document:
        """As kept: sequences are text, since keys of documents are."""
        return {
            mark: {str(at): _to_document(raw) for at, raw in records.items()}
            for mark, records in self.waiting.items()
        }

    @staticmethod
    def of_document(document: Document) -> ReorderBuffer:
        """As it was kept."""
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


def _of_document(kept: Document) -> Inbound:
    return Inbound(
        topic=kept["topic"],
        partition=kept["partition"],
        offset=kept["offset"],
        appended_at=kept["appended_at"],
        key=bytes(kept["key"]),
        value=bytes(kept["value"]),
        headers=headers_of(kept),
    )
