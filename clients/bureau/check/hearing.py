"""Records of the system under check: what they say and what is wrong with them.

They are read as strictly as the router reads, and more strictly where the contract says more. Words
are decrypted, searched for codes and discarded.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from clients.bureau._kafka.record import Raw
from clients.bureau.check.clear import holds_clear_words
from clients.bureau.check.transcript import HeardRecord
from clients.bureau.check.words_due import lacks_finding, lacks_words
from clients.bureau.sealing import Keys
from shared.contracts.envelope import Foreign, Headers, Unreadable, from_record
from shared.contracts.event import Action, readers_of
from shared.contracts.reading import SUBJECT
from shared.contracts.slugs import Bureau
from shared.contracts.topics import actions_of
from shared.contracts.words import Clear

ROUTER = "router"
AHEAD = timedelta(minutes=5)
TRACES = {"traceparent", "ce_traceparent", "ce_letterversion"}
CLOSED = {"no_envelope": "wrong_reader"}
"""Why an envelope can't be decrypted, where the fault has another name."""


@dataclass(frozen=True, slots=True)
class Ear:
    """What the played mailbox needs to read one bureau's records."""

    bureau: Bureau
    keys: Keys
    """Its own private keys."""
    codes: frozenset[str]
    """Codes of the run's letters that may be quoted."""

    def hear(self, record: Raw, *, now: datetime) -> tuple[HeardRecord, Action | None]:
        """Return what the record says, and the action with its words sealed; `now` in UTC."""
        headers: Headers = list(record.headers)
        said = Foreign(record.key, record.value, headers)
        place = HeardRecord(partition=record.partition, offset=record.offset)
        try:
            found = from_record(said, topic=actions_of(self.bureau).name)
        except Unreadable as no:
            return replace(_unreadable(place, said), faults=(_why(no.code, said),)), None
        if not isinstance(found.data, Action):
            return replace(_unreadable(place, said), faults=("unknown_type",)), None
        heard = self._read(place, found.subject, found.data)
        more = ["traced"] if TRACES & dict(record.headers).keys() else []
        more += ["from_the_future"] if found.data.made_at > now + AHEAD else []
        return replace(heard, faults=(*heard.faults, *more)), found.data

    def _read(self, place: HeardRecord, letter: str, action: Action) -> HeardRecord:
        words = _HeardWords()
        clear = self._opened(action, letter, words)
        faults = dict.fromkeys([*words.faults, *_of_fields(clear)])
        return replace(
            place,
            letter=letter,
            kind=action.type.split(".")[-2],
            assignment=action.assignment,
            action_id=str(action.action_id),
            content=_digest(letter, clear),
            quotes=frozenset(
                code for code in self.codes if any(code in one for one in words.texts)
            ),
            kids=frozenset(words.kids),
            faults=tuple(faults),
        )

    def _opened(self, action: Action, letter: str, words: "_HeardWords") -> Action:
        topic = actions_of(self.bureau).name
        clear, closed = self.keys.open(action, reader=ROUTER, topic=topic, letter=letter)
        for field, sealed in _sealed(action):
            words.note_readers(sealed, {*readers_of(action, field, topic=topic)}, self.bureau)
        words.faults += [CLOSED.get(code, code) for code in closed.values()]
        clear.map_words(lambda _, said: words.note_text(said))
        return clear


class _HeardWords:
    """What was found in an action's words."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.kids: list[str] = []
        self.faults: list[str] = []

    def note_readers(self, sealed: Mapping[str, str], due: set[str], bureau: Bureau) -> None:
        """Allowed readers: the router, and optionally the bureau itself."""
        if not due <= sealed.keys() <= due | {f"bureau:{bureau}"}:
            self.faults.append("wrong_reader")
        self.kids += [kid_of(sealed[reader]) for reader in due if reader in sealed]

    def note_text(self, said: Any) -> None:
        """Text that could be decrypted."""
        if isinstance(said, Clear):
            self.texts.append(str(getattr(said, "text", "")))


def kid_of(envelope: str) -> str:
    """The key that an envelope names; empty if none."""
    part = envelope.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return ""
    return str(header.get("kid", "")) if isinstance(header, dict) else ""


def _sealed(action: Action) -> Iterator[tuple[str, Mapping[str, str]]]:
    found: list[tuple[str, Mapping[str, str]]] = []

    def note(field: str, words: Any) -> None:
        if isinstance(words, Mapping):
            found.append((field, words))

    action.map_words(note)
    yield from found


def _of_fields(clear: Action) -> Iterator[str]:
    if lacks_words(clear):
        yield "no_words"
    if lacks_finding(clear):
        yield "no_finding"


def _digest(letter: str, clear: Action) -> str:
    """A digest that is equal for equal requests, whether or not their words were sealed again."""
    words: list[str] = []

    def note(field: str, said: Any) -> None:
        words.append(f"{field}={said.plaintext().decode() if isinstance(said, Clear) else ''}")

    bare = clear.map_words(note).model_dump_json(exclude={"action_id", "made_at", "staff"})
    return sha256("\n".join((letter, clear.type, bare, *words)).encode()).hexdigest()


def _unreadable(place: HeardRecord, said: Foreign) -> HeardRecord:
    """The part of the record that can be answered: a letter and an id."""
    key = (said.key or b"").decode("ascii", "replace")
    named = {name: raw for name, raw in said.headers if raw is not None}
    try:
        action_id = str(UUID(named.get("ce_id", b"").decode("ascii", "replace")))
    except ValueError:
        action_id = ""
    return replace(place, letter=key if SUBJECT.fullmatch(key) else "", action_id=action_id)


def _why(code: str, said: Foreign) -> str:
    return "clear_words" if code == "bad_value" and holds_clear_words(said) else code
