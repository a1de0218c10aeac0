"""Which actions are not answered yet? A small file that outlives the program.

An action is written down, sealed, before it is sent first, and crossed out once it is answered.
What a crash leaves there is sent again under the same id. Nobody can read words in it but the
router. One program at a time has a journal.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from shared.contracts.envelope import Record

MOST_LINES = 10_000
"""After so many the file is written anew, without what is crossed out."""


class BadJournal(Exception):
    """The file is no journal of that topic. Names file and line, never what stands there."""


class Journal:
    """What was asked on one topic and is not answered."""

    def __init__(self, path: Path, unanswered: Mapping[UUID, Record], *, topic: str) -> None:
        """Use `at`, which reads the file first. Raises: OSError."""
        self._path = path
        self._topic = topic
        self._unanswered = dict(unanswered)
        self._write_anew()

    @classmethod
    def at(cls, path: Path, *, topic: str) -> Self:
        """The journal in that file, a new one if there is none. Raises: BadJournal; OSError."""
        return cls(path, _read(path, topic), topic=topic)

    def unanswered(self) -> dict[UUID, Record]:
        """By action id: what is to be sent again."""
        return dict(self._unanswered)

    def ask(self, action_id: UUID, record: Record) -> None:
        """Write down what is going to be asked; it is on the disk when this returns.

        What is there already stays as it is. Raises: OSError.
        """
        if action_id not in self._unanswered:
            self._write(_asked(action_id, record))
            self._unanswered[action_id] = record

    def cross_out(self, action_id: UUID) -> None:
        """It is answered. Raises: OSError."""
        if self._unanswered.pop(action_id, None) is not None:
            self._write({"answered": str(action_id)})

    def _write(self, entry: Mapping[str, Any]) -> None:
        if self._lines > MOST_LINES + len(self._unanswered):
            self._write_anew()
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._lines += 1

    def _write_anew(self) -> None:
        """The file with what is unanswered alone: all of it or as it was, for its owner's eyes."""
        beside = self._path.with_name(f".{self._path.name}.new")
        entries = [_asked(action_id, record) for action_id, record in self._unanswered.items()]
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(
                json.dumps(entry) + "\n" for entry in ({"topic": self._topic}, *entries)
            )
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        self._lines = len(entries) + 1


def _asked(action_id: UUID, record: Record) -> dict[str, Any]:
    return {
        "asked": str(action_id),
        "key": record.key.decode(),
        "value": record.value.decode(),
        "headers": [[name, raw.decode()] for name, raw in record.headers],
    }


def _read(path: Path, topic: str) -> dict[UUID, Record]:
    """What is unanswered. Raises: BadJournal; OSError."""
    found: dict[UUID, Record] = {}
    for number, entry in enumerate(_entries(path), 1):
        try:
            if number == 1:
                _check_topic(entry, topic)
            elif "answered" in entry:
                found.pop(UUID(entry["answered"]), None)
            else:
                found[UUID(entry["asked"])] = _record(entry)
        except (KeyError, ValueError, TypeError, AttributeError):
            raise BadJournal(f"{path}, line {number}: no journal of {topic}") from None
    return found


def _entries(path: Path) -> Iterator[Any]:
    """Line by line; the last may have been cut off by a crash, and then was never sent."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    except FileNotFoundError:
        return
    for line in lines:
        if line.endswith("\n"):
            yield _parsed(line)


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _check_topic(entry: Mapping[str, Any], topic: str) -> None:
    if entry["topic"] != topic:
        raise ValueError(topic)


def _record(entry: Mapping[str, Any]) -> Record:
    headers: Iterable[tuple[str, str]] = entry["headers"]
    return Record(
        entry["key"].encode(),
        entry["value"].encode(),
        [(name, raw.encode()) for name, raw in headers],
    )
