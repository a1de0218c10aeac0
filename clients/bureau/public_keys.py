"""Public keys from `mailbox.keys`, and from a file for holders that the topic hasn't named."""

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
    """The known public keys of all holders."""

    def __init__(self, known: Mapping[str, ECKey] | None = None) -> None:
        """`known`: keys by id, used until the topic has others; the first one of each holder."""
        self.book = KeyDirectory(anchors(known or {}))

    @classmethod
    def load(cls, path: Path) -> Self:
        """The keys of a public JWKS file. Raises: BadKeyFile."""
        return cls(keys_in(path, is_private=False))

    def take(self, record: Raw) -> bool:
        """Take in a record of `mailbox.keys`, and return whether it changed anything."""
        headers: Headers = list(record.headers)
        try:
            said = from_record(Foreign(record.key, record.value, headers), topic=KEYS.name)
        except Unreadable:
            return False
        if not isinstance(said.data, KeyChanged):
            return False
        return self.book.take(said.subject, said.data.keys, sequence=said.sequence or 0)

    def newest(self, holder: str, at: datetime) -> tuple[str, ECKey]:
        """Id and key to seal with at that instant. Raises: NoKey."""
        return self.book.newest(holder, at)

    def __len__(self) -> int:
        return self.book.size
