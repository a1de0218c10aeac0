"""Which part of a document moves elsewhere, and how it is taken out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.platform.letters import document_mapper
from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.mongo.database import Document, Update

MOST_ENTRIES = 50
MOST_BYTES = 2 << 20
"""Of a document's log; what is beyond moves."""
LEFT_ENTRIES = 40
LEFT_BYTES = 1 << 20
"""What stays after a move, so that the next event doesn't cause another."""
MOST_ASKED = 100
LEFT_ASKED = 50
"""Commands that a document remembers itself, and how many after a move."""

GUARD = ("version", "by", "moved", "asked_moved")
"""Fields of a document that tell whether it is still the one that was read."""


def is_long(fold: LetterTransaction[Any, Any]) -> bool:
    """Whether the document that keeps this fold is beyond the limits."""
    kept = fold.kept
    return (
        kept.logged_count + len(fold.log) > MOST_ENTRIES
        or kept.logged_bytes + fold.log_bytes > MOST_BYTES
        or kept.asked_count - kept.asked_moved + len(fold.asked) > MOST_ASKED
    )


@dataclass(frozen=True, slots=True)
class LogArchive:
    """What is to leave one document."""

    document: Document
    log: list[Document]
    stays: int
    asked: dict[str, str]

    @staticmethod
    def of(document: Document) -> LogArchive:
        """The oldest events and names beyond the limits, if it is beyond any."""
        log: list[Document] = document.get("log", [])
        asked: dict[str, str] = document.get("asked", {})
        stays = len(log)
        if stays > MOST_ENTRIES or sum(map(document_mapper.size, log)) > MOST_BYTES:
            stays = _that_fit(log)
        leaves = len(asked) - LEFT_ASKED if len(asked) > MOST_ASKED else 0
        return LogArchive(
            document, log[: len(log) - stays], stays, dict(list(asked.items())[:leaves])
        )

    @property
    def is_needed(self) -> bool:
        """Whether anything has to leave."""
        return bool(self.log or self.asked)

    @property
    def letter(self) -> str:
        """Whose document it is."""
        return str(self.document["_id"])

    def entries(self) -> Iterable[Document]:
        """The events, as documents of their own."""
        return (moved(one, self.letter) for one in self.log)

    def names(self) -> Iterable[Document]:
        """The names of commands, as documents of their own."""
        for name, content in self.asked.items():
            yield {
                "_id": asked_id(self.letter, name),
                "letter": self.letter,
                "name": name,
                "content": content,
            }

    def cut(self) -> Update:
        """The compare-and-set that takes them out of the document.

        It leaves the version to those who write, so what moved guards it against another cut.
        """
        change: Document = {
            "$push": {"log": {"$each": [], "$slice": -self.stays}},
            "$inc": {
                "moved": len(self.log),
                "logged.count": -len(self.log),
                "logged.bytes": -sum(map(document_mapper.size, self.log)),
                "asked_moved": len(self.asked),
            },
        }
        if self.asked:
            change["$unset"] = {f"asked.{name}": "" for name in self.asked}
        guard = {name: self.document[name] for name in ("_id", *GUARD)}
        return Update(guard, change)


def moved(kept_entry: Document, letter: str) -> Document:
    """An event of a letter's log as a document of its own."""
    return {"_id": document_mapper.entry(kept_entry).id, "letter": letter, **kept_entry}


def asked_id(letter: str, name: str) -> str:
    """Under which id a letter's command is kept once its name moved."""
    return f"{letter}/{name}"


def _that_fit(log: Sequence[Document]) -> int:
    """How many of the newest may stay."""
    size = 0
    for count, one in enumerate(reversed(log[-LEFT_ENTRIES:])):
        size += document_mapper.size(one)
        if size > LEFT_BYTES:
            return count
    return min(len(log), LEFT_ENTRIES)
