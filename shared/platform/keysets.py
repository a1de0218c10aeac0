"""Which keys stand in a JWKS file, each under a kid of its own? Faults never show a key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from shared.platform.keyfiles import BadKeys, read_keys

KeyT = TypeVar("KeyT")


def keys_in(path: Path, of: Callable[[object], KeyT]) -> dict[str, KeyT]:
    """The keys by kid, in the order of the file. `of`: raises ValueError. Raises: BadKeys."""
    entries = read_keys(path).get("keys")
    if not isinstance(entries, list):
        raise BadKeys(f"{path.name}: no list of keys")
    keys: dict[str, KeyT] = {}
    for number, entry in enumerate(entries):
        kid = entry.get("kid") if isinstance(entry, dict) else None
        if not isinstance(kid, str) or not kid or kid in keys:
            raise BadKeys(f"{path.name}: key {number} has no kid of its own")
        try:
            keys[kid] = of(entry)
        except ValueError:
            raise BadKeys(f"{path.name}: key {number} is no key on P-256 of that sort") from None
    return keys
