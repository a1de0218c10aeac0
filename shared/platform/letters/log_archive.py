"""The part of a letter's document that moves to the archive, and the update that removes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.platform.letters import document_mapper
from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.mongo.database import Document, Update

MOST_ENTRIES = 50
MOST_BYTES = 2 << 20
"""Limits of a document's log; entries beyond them move."""
LEFT_ENTRIES = 40
LEFT_BYTES = 1 << 20
"""What stays after a move, so that the next event doesn't cause another."""
MOST_ASKED = 100
LEFT_ASKED = 50
"""Commands that a document may remember, and how many stay after a move."""

GUARD = ("version", "by", "moved", "asked_moved")
"""Fields that show whether the document is still the one that was read."""


def is_long(fold: LetterTransaction[Any, Any]) -> bool:
    """Whether the document that stores this transaction exceeds the limits."""
    kept = fold.kept
    return (
        kept.logged_count + len(fold.log) > MOST_ENTRIES
        or kept.logged_bytes + fold.log_bytes > MOST_BYTES
        or kept.asked_count - kept.asked_moved + len(fold.asked) > MOST_ASKED
    )


@dataclass(frozen=True, slots=True)
class LogArchive:
    """The entries that leave one document."""

    document: Document
    log: list[Document]
    stays: int
    asked: dict[str, str]

    @staticmethod
    def of(document: Document) -> LogArchive:
        """Select the oldest events and names if the document exceeds a limit."""
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
        """Whether anything has to move."""
        return bool(self.log or self.asked)

    @property
    def letter(self) -> str:
        """The letter number."""
        return str(self.document["_id"])

    def entries(self) -> Iterable[Document]:
        """The events, as documents of their own."""
        return (moved(one, self.letter) for one in self.log)

    def names(self) -> Iterable[Document]:
        """The command names, as documents of their own."""
        for name, content in self.asked.items():
            yield {
                "_id": asked_id(self.letter, name),
                "letter": self.letter,
                "name": name,
                "content": content,
            }

    def cut(self) -> Update:
        """The compare-and-set that removes them from the document.

        It doesn't change `version`, which belongs to writers; the counts of moved entries guard it
        against another move.
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
    """One event of a letter's log as a document of its own."""
    return {"_id": document_mapper.entry(kept_entry).id, "letter": letter, **kept_entry}


def asked_id(letter: str, name: str) -> str:
    """The id of an archived command name."""
    return f"{letter}/{name}"


def _that_fit(log: Sequence[Document]) -> int:
    """The number of newest entries that may stay."""
    size = 0
    for count, kept_entry in enumerate(reversed(log[-LEFT_ENTRIES:])):
        size += document_mapper.size(kept_entry)
        if size > LEFT_BYTES:
            return count
    return min(len(log), LEFT_ENTRIES)
