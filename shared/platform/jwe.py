"""For whom are words in flight, and how does a reader know that they belong to this event?

Words travel as one envelope for each reader. The envelope's protected header says which key it is
for (`kid`), whose (`reader`), and which `letter`, event `type` and, for a bureau, `assignment` it
belongs to; a reader opens it only when all of that is so. The kid is
the holder's name, or that, a dot and a mark of its own when a holder has had several keys.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from joserfc.jwk import ECKey

from shared.contracts.bureau_v1 import LetterIdentity
from shared.contracts.event import Event, kind_of_words, readers_of
from shared.contracts.keys_v1 import is_kid_of
from shared.contracts.submitted_v1 import IdentitySealed
from shared.contracts.words import Clear
from shared.platform.clock import Now, utc_now
from shared.platform.compact_jwe import NotOpened, close, header_of, of_private_jwk, opened
from shared.platform.keybook import KeyBook, Lack
from shared.platform.keyfiles import BadKeys
from shared.platform.keysets import keys_in

LOG = logging.getLogger(__name__)

SEALED_AS: Mapping[str, str] = {IdentitySealed.type: LetterIdentity.type}
"""Intake seals an identity as what the bureau will read: the router only passes it on."""

_ADDRESSED = ("kid", "letter", "type", "reader", "assignment")
_HEADER = {"alg", "enc", "epk", *_ADDRESSED}

ClearT = TypeVar("ClearT", bound=Clear)
EventT = TypeVar("EventT", bound=Event)


class BadEnvelope(Exception):
    """Words cannot be opened. Only `code` says why, and it shows nothing of the envelope."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Address:
    """What an envelope belongs to. `assignment` is there when the reader is a bureau."""

    reader: str
    letter: str
    type: str
    assignment: int | None = None

    def header(self, kid: str) -> dict[str, Any]:
        """As it stands in the protected header."""
        header: dict[str, Any] = {
            "kid": kid,
            "letter": self.letter,
            "type": self.type,
            "reader": self.reader,
        }
        if self.assignment is not None:
            header["assignment"] = self.assignment
        return header


class Sealer:
    """Seals for each reader under the newest valid key that is known of it at that moment."""

    def __init__(self, book: KeyBook, *, now: Now = utc_now) -> None:
        self.book = book
        self._now = now

    def kid_of(self, reader: str) -> str:
        """The id of the key that seals for `reader` now. Raises: NoKey."""
        return self.book.newest(reader, self._now())[0]

    def lack(self, reader: str) -> Lack | None:
        """Why nothing can be sealed for `reader` now; none: it can."""
        return self.book.lack(reader, self._now())

    def seal(self, clear: Clear, address: Address, *, kid: str | None = None) -> str:
        """`clear` as an envelope for its reader; `kid`: for that key of its. Raises: NoKey."""
        if kid is None:
            kid, key = self.book.newest(address.reader, self._now())
        else:
            key = self.book.named(address.reader, kid)
        return close(clear.plaintext(), address.header(kid), public=key)

    def __repr__(self) -> str:
        return f"Sealer({self.book!r})"


class Opener:
    """The private keys of one holder; retired ones still open."""

    def __init__(self, keys: Mapping[str, ECKey], *, path: Path | None = None) -> None:
        """`keys`: by kid. `path`: where they are from, looked at again when one is missing."""
        self._keys = dict(keys)
        self._path = path
        self._stamp = _stamp(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The keys in a private JWKS file. Raises: BadKeys."""
        return cls(keys_in(path, of_private_jwk), path=path)

    def open(self, envelope: str, kind: type[ClearT], *, address: Address) -> ClearT:
        """The words in `envelope`, if it is for `address` and holds `kind`. Raises: BadEnvelope."""
        try:
            header = header_of(envelope)
            key = self._key(header, address)
            return kind.from_plaintext(opened(envelope, header, private=key))
        except NotOpened:
            raise BadEnvelope("not_opened") from None
        except ValueError:
            raise BadEnvelope("bad_content") from None

    def has(self, kid: str) -> bool:
        """Whether what is sealed for that key can be opened."""
        if kid not in self._keys:
            self._look_again()
        return kid in self._keys

    def __repr__(self) -> str:
        return f"Opener({len(self._keys)} keys)"

    def _key(self, header: Mapping[str, Any], address: Address) -> ECKey:
        kid = header.get("kid")
        if not isinstance(kid, str) or not is_kid_of(address.reader, kid):
            raise BadEnvelope("wrong_header")
        said = {name: header[name] for name in _ADDRESSED if name in header}
        if said != address.header(kid) or not header.keys() <= _HEADER:
            raise BadEnvelope("wrong_header")
        if type(header.get("assignment")) not in {int, type(None)}:
            raise BadEnvelope("wrong_header")
        if not self.has(kid):
            raise BadEnvelope("unknown_key")
        return self._keys[kid]

    def _look_again(self) -> None:
        """Take up keys that were put into the file since, so that a new one needs no restart."""
        stamp = _stamp(self._path)
        if self._path is None or stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._keys |= keys_in(self._path, of_private_jwk)
        except BadKeys:
            LOG.error("key file can't be used any more", extra={"file": self._path.name})  # noqa: TRY400 - says which, and no more


def seal_event(event: EventT, sealer: Sealer, *, topic: str, letter: str) -> EventT:
    """`event` with its clear words sealed for each reader on `topic`; sealed ones stay as they are.

    An event that names a key is sealed for that one. Raises: NoKey.
    """
    if not has_words(event):
        return event
    kid: str | None = getattr(event, "kid", None)

    def sealed(field: str, words: Any) -> Any:
        if not isinstance(words, Clear):
            return words
        return {
            reader: sealer.seal(words, _address(event, reader, letter=letter), kid=kid)
            for reader in readers_of(event, field, topic=topic)
        }

    return event.map_words(sealed)


def open_event(event: EventT, opener: Opener, *, reader: str, topic: str, letter: str) -> EventT:
    """`event` with the words for `reader` clear; words for others only stay sealed.

    Raises: BadEnvelope, also when words meant for `reader` on `topic` have no envelope for it.
    """
    address = _address(event, reader, letter=letter)

    def clear(field: str, words: Any) -> Any:
        if not isinstance(words, Mapping):
            return words
        if reader not in words:
            if reader in readers_of(event, field, topic=topic):
                raise BadEnvelope("no_envelope")
            return words
        return opener.open(words[reader], kind_of_words(type(event), field), address=address)

    return event.map_words(clear) if has_words(event) else event


def _address(event: Event, reader: str, *, letter: str) -> Address:
    kind = SEALED_AS.get(event.type, event.type)
    assignment = getattr(event, "assignment", None) if reader.startswith("bureau:") else None
    return Address(reader, letter, kind, assignment)


def has_words(event: Event) -> bool:
    """Whether an event of that type can hold words."""
    return bool(event.sealed or event.sealed_within)


def _stamp(path: Path | None) -> tuple[int, int, int] | None:
    """Changes when the file does; none without one."""
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_ino, found.st_size) if found else None
