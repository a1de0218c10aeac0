"""Keys, letters and router events for the tests of bureaus."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from clients.bureau.public_keys import PublicKeys
from clients.bureau.sealing import Keys
from shared.contracts.bureau_v1 import LetterAssigned, LetterSnapshot
from shared.contracts.envelope import envelope, to_record
from shared.contracts.event import Event
from shared.contracts.progress_v1 import LetterAccepted
from shared.contracts.slugs import Bureau
from shared.contracts.topics import letters_of
from shared.contracts.values import By
from shared.contracts.vocabulary import Category, State
from shared.contracts.words import LetterText

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
LETTER = "GD-7K2M-9QXT-4HBN-W3RD-5"
GZ: Bureau = "guangzhou"
RULE = By(role="rule")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A record as a Kafka client hands it out."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None = field(repr=False)
    headers: list[tuple[str, bytes]]
    timestamp: int = 1


def key_of(holder: str) -> ECKey:
    """A new key of that holder."""
    return ECKey.generate_key("P-256", {"kid": holder}, private=True)


def keys_for(holder: str, *others: str) -> dict[str, Keys]:
    """By holder: its own private key and the public ones of all."""
    made = {name: key_of(name) for name in (holder, *others)}
    public = {name: ECKey.import_key(key.as_dict(private=False)) for name, key in made.items()}
    return {name: Keys({name: key}, PublicKeys(public)) for name, key in made.items()}


def write_keys(folder: Path, *slugs: Bureau) -> Keys:
    """Key files as the local stack keeps them; the router's own keys are returned."""
    made = {name: key_of(name) for name in ("router", *(f"bureau:{slug}" for slug in slugs))}
    (folder / "bureaus").mkdir(parents=True)
    for slug in slugs:
        _write(folder / "bureaus" / f"{slug}.private.jwks.json", [made[f"bureau:{slug}"]], True)
    _write(folder / "public.jwks.json", list(made.values()), False)
    return Keys({"router": made["router"]}, PublicKeys(made))


def assigned(
    *, category: Category = "request", body: str = "村口的路灯坏了。", subject: str = "路灯不亮"
) -> LetterAssigned:
    """A letter for Guangzhou, words clear; it may hold what the text rule forbids today."""
    return LetterAssigned(
        state="routed",
        holder=GZ,
        assignment=1,
        by=RULE,
        received_at=NOON,
        category=category,
        masked=False,
        words=LetterText.model_construct(subject=subject, body=body),
    )


def snapshot(*, state: State = "handling", body: str = "村口的路灯坏了。") -> LetterSnapshot:
    """The letter's snapshot, words clear, without a number."""
    return LetterSnapshot(
        state=state,
        holder=GZ,
        assignment=1,
        by=RULE,
        received_at=NOON,
        category="request",
        masked=False,
        words=LetterText(subject="路灯不亮", body=body),
    )


def accepted() -> LetterAccepted:
    """The router's event once the bureau has accepted the letter."""
    return LetterAccepted(state="handling", holder=GZ, assignment=1, by=RULE)


def said(
    keys: Keys,
    event: Event,
    *,
    sequence: int | None,
    offset: int = 0,
    letter: str = LETTER,
    cause: str | None = None,
) -> Fetched:
    """The record by which a router with `keys` sends `event` to Guangzhou."""
    topic = letters_of(GZ).name
    sealed = keys.seal(event, topic=topic, letter=letter, at=NOON)
    said = envelope(topic, letter, data=sealed, time=NOON, sequence=sequence, cause=cause)
    key, value, headers = to_record(said, topic=topic)
    return Fetched(topic, 0, offset, key, value, headers)


def _write(path: Path, keys: list[ECKey], is_private: bool) -> None:
    entries: list[dict[str, Any]] = [dict(key.as_dict(private=is_private)) for key in keys]
    path.write_text(json.dumps({"keys": entries}))
