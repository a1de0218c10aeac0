"""Opens events and seals actions with one bureau's private keys and all public keys.

The envelope codec is `shared.sealing`, as in the services.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar

from joserfc.jwk import ECKey

from clients.bureau.key_files import BadKeyFile, keys_in
from clients.bureau.public_keys import PublicKeys
from shared.contracts.event import Event
from shared.contracts.slugs import Bureau
from shared.sealing.envelopes import Opener, Sealer, open_each, seal_event

PUBLIC_FILE = "public.jwks.json"

EventT = TypeVar("EventT", bound=Event)


class Keys:
    """One bureau's private keys, and all public keys."""

    def __init__(
        self, private: Mapping[str, ECKey], public: PublicKeys, *, path: Path | None = None
    ) -> None:
        """`private`: keys by id. `path`: their file, which is read again when a key is missing."""
        self.public = public
        self._opener = Opener(private, reload=lambda: _read_again(path))

    @classmethod
    def load(cls, private: Path, public: PublicKeys) -> Self:
        """Load the private keys from a JWKS file. Raises: BadKeyFile."""
        return cls(keys_in(private, is_private=True), public, path=private)

    @classmethod
    def of_bureau(cls, slug: Bureau, folder: Path) -> Self:
        """Load the keys from the local stack's folder. Raises: BadKeyFile."""
        private = folder / "bureaus" / f"{slug}.private.jwks.json"
        return cls.load(private, PublicKeys.load(folder / PUBLIC_FILE))

    def __repr__(self) -> str:
        return f"Keys({self._opener!r}, {len(self.public)} holders)"

    def seal(self, event: EventT, *, topic: str, letter: str, at: datetime) -> EventT:
        """The event with its clear words sealed for each reader on `topic`, with its newest key.

        Raises: NoKey.
        """
        sealer = Sealer(self.public.book, now=lambda: at)
        return seal_event(event, sealer, topic=topic, letter=letter)

    def open(
        self, event: EventT, *, reader: str, topic: str, letter: str
    ) -> tuple[EventT, dict[str, str]]:
        """The event with the words for `reader` opened, and error codes by field for the others."""
        clear, closed = open_each(event, self._opener, reader=reader, topic=topic, letter=letter)
        return clear, {field: fault.code for field, fault in closed.items()}


def _read_again(path: Path | None) -> dict[str, ECKey]:
    """The keys now in the file; none when it can't be read."""
    try:
        return keys_in(path, is_private=True) if path else {}
    except BadKeyFile:
        return {}
