"""Keys in JWKS files, each under its own kid. Errors never show a key."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from joserfc.jwk import ECKey

from shared.platform.crypto.key_files import BadKeys, read_keys
from shared.sealing.compact_jwe import of_private_jwk
from shared.sealing.envelopes import Opener

LOG = logging.getLogger(__name__)

KeyT = TypeVar("KeyT")


def keys_in(path: Path, of: Callable[[object], KeyT]) -> dict[str, KeyT]:
    """Read keys by kid, in file order. `of`: raises ValueError. Raises: BadKeys."""
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
            raise BadKeys(f"{path.name}: key {number} is not a P-256 key of that kind") from None
    return keys


def opener_in(path: Path) -> Opener:
    """An opener with the private keys of a JWKS file, which it rereads when a key is missing.

    Raises: BadKeys.
    """
    file = _PrivateKeys(path)
    return Opener(keys_in(path, of_private_jwk), reload=file.changed)


class _PrivateKeys:
    """A private JWKS file that may change, so that a new key needs no restart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = _stamp(path)

    def changed(self) -> dict[str, ECKey]:
        """The keys of the file if it has changed since the last call, else none."""
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return {}
        self._stamp = stamp
        try:
            return keys_in(self._path, of_private_jwk)
        except BadKeys:
            LOG.error("key file can't be used any more", extra={"file": self._path.name})  # noqa: TRY400 - says which, and no more
            return {}


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """A value that changes when the file does; None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
