"""Search for words in clear text in a record that must be encrypted."""

import json
import re
from collections.abc import Iterator
from typing import Any

from shared.contracts.catalogue import EVENTS
from shared.contracts.envelope import Foreign
from shared.contracts.event import Event
from shared.contracts.words import COMPACT_JWE

_JWE = re.compile(COMPACT_JWE)


def holds_clear_words(said: Foreign) -> bool:
    """Whether a field of the action that must be sealed holds clear values."""
    kind = EVENTS.get(next((_text(raw) for name, raw in said.headers if name == "ce_type"), ""))
    value = _value(said.value)
    return kind is not None and any(not _is_sealed(words) for words in _words(kind, value))


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("ascii", "replace")


def _value(raw: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(raw or b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _words(kind: type[Event], value: dict[str, Any]) -> Iterator[Any]:
    for field in kind.sealed:
        yield value.get(field)
    for outer, (inner, _) in kind.sealed_within.items():
        items = value.get(outer)
        for item in items if isinstance(items, list) else ():
            yield item.get(inner) if isinstance(item, dict) else None


def _is_sealed(words: Any) -> bool:
    """None is allowed; a map of anything but envelopes is clear."""
    if words is None:
        return True
    if not isinstance(words, dict):
        return False
    return all(isinstance(one, str) and bool(_JWE.match(one)) for one in words.values())
