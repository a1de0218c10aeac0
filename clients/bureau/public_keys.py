"""Which public keys does a bureau seal for? Those that `mailbox.keys` names; until then a file's.

Of each holder the record with the highest sequence says all; of its keys the newest valid one
seals.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Self

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from clients.bureau.key_files import keys_in
from clients.bureau.raw import Raw
from shared.contracts.envelope import Foreign, Headers, Unreadable, from_record
from shared.contracts.keys_v1 import HolderKey, KeyChanged, is_kid_of, newest_valid
from shared.contracts.topics import KEYS


class NoKey(Exception):
    """Nothing can be sealed for a reader of whom no valid public key is known."""


class PublicKeys:
    """Everybody's public keys, as far as they are known."""

    def __init__(self, known: Mapping[str, ECKey] | None = None) -> None:
        """`known`: by key id, until the topic names others; of several of one holder the first."""
        self._known: dict[str, tuple[str, ECKey]] = {}
        for kid, key in (known or {}).items():
            self._known.setdefault(kid.partition(".")[0], (kid, key))
        self._told: dict[str, tuple[int, tuple[HolderKey, ...]]] = {}
        """By holder: the sequence, and all its keys that can be right."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """The keys of a public JWKS file. Raises: BadKeyFile."""
        return cls(keys_in(path, is_private=False))

    def take(self, record: Raw) -> bool:
        """Note what a record of `mailbox.keys` says; whether that was news."""
        headers: Headers = list(record.headers)
        try:
            said = from_record(Foreign(record.key, record.value, headers), topic=KEYS.name)
        except Unreadable:
            return False
        sequence = said.sequence or 0
        if not isinstance(said.data, KeyChanged) or sequence <= self._sequence(said.subject):
            return False
        usable = tuple(key for key in said.data.keys if _is_right(said.subject, key))
        self._told[said.subject] = sequence, usable
        return True

    def newest(self, holder: str, at: datetime) -> tuple[str, ECKey]:
        """Id and key to seal for then. Raises: NoKey."""
        if holder not in self._told and holder in self._known:
            return self._known[holder]
        _, keys = self._told.get(holder, (0, ()))
        found = newest_valid(keys, at)
        if found is None:
            raise NoKey(holder)
        return found.kid, ECKey.import_key(found.jwk.model_dump())

    def __len__(self) -> int:
        return len(self._known.keys() | self._told.keys())

    def _sequence(self, holder: str) -> int:
        return self._told.get(holder, (0, ()))[0]


def _is_right(holder: str, key: HolderKey) -> bool:
    """Whether the key is its holder's, the one that was confirmed, and on the curve."""
    try:
        ECKey.import_key(key.jwk.model_dump()).public_key.public_numbers()
    except (JoseError, ValueError):
        return False
    return is_kid_of(holder, key.kid) and key.fingerprint == key.jwk.fingerprint
