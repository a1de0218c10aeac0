"""Journal file of unanswered actions.

An action is written, sealed, before it is first sent, and crossed out when it is answered. Actions
left by a crash are sent again with the same id. Only the router can open their words. Only one
program at a time may use a journal.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from shared.contracts.envelope import KafkaRecord

MOST_LINES = 10_000
"""After this many lines the file is rewritten without crossed-out actions."""


class BadJournal(Exception):
    """The file is no journal of that topic. Names file and line, never their content."""


class Journal:
    """The unanswered actions of one topic."""

    def __init__(self, path: Path, unanswered: Mapping[UUID, KafkaRecord], *, topic: str) -> None:
        """Use `at`, which reads the file first. Raises: OSError."""
        self._path = path
        self._topic = topic
        self._unanswered = dict(unanswered)
        self._write_anew()

    @classmethod
    def at(cls, path: Path, *, topic: str) -> Self:
        """The journal in that file, a new one if there is none. Raises: BadJournal; OSError."""
        return cls(path, _read(path, topic), topic=topic)

    def unanswered(self) -> dict[UUID, KafkaRecord]:
        """Records to send again, by action id."""
        return dict(self._unanswered)

    def ask(self, action_id: UUID, record: KafkaRecord) -> None:
        """Write an action durably before it is sent.

        An existing entry stays as it is. Raises: OSError.
        """
        if action_id not in self._unanswered:
            self._write(_asked(action_id, record))
            self._unanswered[action_id] = record

    def cross_out(self, action_id: UUID) -> None:
        """Remove an answered action. Raises: OSError."""
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
        """Rewrite the file atomically with the unanswered actions, readable by its owner only."""
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


def _asked(action_id: UUID, record: KafkaRecord) -> dict[str, Any]:
    return {
        "asked": str(action_id),
        "key": record.key.decode(),
        "value": record.value.decode(),
        "headers": [[name, raw.decode()] for name, raw in record.headers],
    }


def _read(path: Path, topic: str) -> dict[UUID, KafkaRecord]:
    """The unanswered actions in the file. Raises: BadJournal; OSError."""
    found: dict[UUID, KafkaRecord] = {}
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
    """Lines of the file; a last one cut off by a crash was never sent, and is left out."""
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


def _record(entry: Mapping[str, Any]) -> KafkaRecord:
    headers: Iterable[tuple[str, str]] = entry["headers"]
    return KafkaRecord(
        entry["key"].encode(),
        entry["value"].encode(),
        [(name, raw.encode()) for name, raw in headers],
    )
