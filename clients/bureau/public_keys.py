"""Public keys that a bureau seals for: those on `mailbox.keys`, and until then those of a file."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Self

from joserfc.jwk import ECKey

from clients.bureau._kafka.record import Raw
from clients.bureau.key_files import keys_in
from shared.contracts.envelope import Foreign, Headers, Unreadable, from_record
from shared.contracts.keys_v1 import KeyChanged
from shared.contracts.topics import KEYS
from shared.sealing.key_directory import KeyDirectory, NoKey, anchors

__all__ = ["NoKey", "PublicKeys"]


class PublicKeys:
    """Everybody's public keys, as far as they are known."""

    def __init__(self, known: Mapping[str, ECKey] | None = None) -> None:
        """`known`: by key id, until the topic names others; of several of one holder the first."""
        self.book = KeyDirectory(anchors(known or {}))

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
        if not isinstance(said.data, KeyChanged):
            return False
        return self.book.take(said.subject, said.data.keys, sequence=said.sequence or 0)

    def newest(self, holder: str, at: datetime) -> tuple[str, ECKey]:
        """Id and key to seal for then. Raises: NoKey."""
        return self.book.newest(holder, at)

    def __len__(self) -> int:
        return self.book.size
