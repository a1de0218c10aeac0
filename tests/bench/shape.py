"""The size of the router's writes and records for one letter, read from one of its documents.

The floor writes and sends the same number of bytes.
"""

from dataclasses import dataclass
from typing import Any, Self

from tests.bench.database import Document, size


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a letter's log."""

    topic: str
    """Empty for the topic of the letter's bureau."""
    sequence: int
    value: int
    """Bytes."""
    headers: list[list[str]]

    def headers_of(self, topic: str, letter: str, *, cause: bytes) -> list[tuple[str, bytes]]:
        """The headers of such a record about another letter."""
        own = {
            "ce_id": f"{topic}/{letter}/{self.sequence}".encode(),
            "ce_subject": letter.encode(),
            "ce_cause": cause,
        }
        return [(name, own.get(name) or value.encode()) for name, value in self.headers]


@dataclass(frozen=True, slots=True)
class Shape:
    """One letter's document; `document` is its size in bytes."""

    document: int
    entries: list[Entry]

    @classmethod
    def of(cls, content: dict[str, Any]) -> Self:
        """The shape as it was written to a file."""
        return cls(content["document"], [Entry(**entry) for entry in content["entries"]])

    @classmethod
    def of_document(cls, document: Document) -> Self:
        """The shape of a document that the router made."""
        return cls(size(document), [_entry(one) for one in document["log"]])


def _entry(kept: Document) -> Entry:
    topic = kept["topic"]
    return Entry(
        "" if topic.startswith("bureau.") else topic,
        kept["sequence"],
        len(kept["value"]),
        [[name, bytes(value).decode()] for name, value in kept["headers"]],
    )
