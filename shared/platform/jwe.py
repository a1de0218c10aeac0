"""For whom are words in flight, and how does a reader know that they belong to this event?

Words travel as one envelope for each reader. The envelope's protected header says which key it is
for (`kid`), whose (`reader`), and which `letter`, event `type` and, for a bureau, `assignment` it
belongs to; a reader opens it only when all of that is so. The kid is
the holder's name, or that, a dot and a mark of its own when a holder has had several keys.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self, TypeVar, get_args

from joserfc.jwk import ECKey
from pydantic import BaseModel

from shared.contracts.bureau_v1 import LetterIdentity
from shared.contracts.event import Event, readers_of
from shared.contracts.submitted_v1 import IdentitySealed
from shared.contracts.words import Clear
from shared.platform.compact_jwe import NotOpened, close, header_of, of_jwk, of_private_jwk, opened
from shared.platform.keyfiles import BadKeys, read_keys

SEALED_AS: Mapping[str, str] = {IdentitySealed.type: LetterIdentity.type}
"""Intake seals an identity as what the bureau will read: the router only passes it on."""

_ADDRESSED = ("kid", "letter", "type", "reader", "assignment")
_HEADER = {"alg", "enc", "epk", *_ADDRESSED}

KeyT = TypeVar("KeyT")
ClearT = TypeVar("ClearT", bound=Clear)
EventT = TypeVar("EventT", bound=Event)


class BadEnvelope(Exception):
    """Words cannot be opened. Only `code` says why, and it shows nothing of the envelope."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NoKey(Exception):
    """No public key of `reader` is known: nothing may be sealed for it, so nothing is sent."""

    def __init__(self, reader: str) -> None:
        super().__init__(f"no public key of {reader}")
        self.reader = reader


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
    """Everybody's public keys. Of several keys of one holder the first in the file seals."""

    def __init__(self, keys: Mapping[str, ECKey]) -> None:
        """`keys`: by kid."""
        self._keys: dict[str, tuple[str, ECKey]] = {}
        for kid, key in keys.items():
            self._keys.setdefault(_holder(kid), (kid, key))

    @classmethod
    def load(cls, path: Path) -> Self:
        """The keys in a JWKS file. Raises: BadKeys."""
        return cls(_keys_of(path, of_jwk))

    def knows(self, reader: str) -> bool:
        """Whether words can be sealed for `reader`."""
        return reader in self._keys

    def kid_of(self, reader: str) -> str:
        """The id of the key that seals for `reader` now. Raises: NoKey."""
        return self._key(reader)[0]

    def seal(self, clear: Clear, address: Address) -> str:
        """`clear` as an envelope for its reader. Raises: NoKey."""
        kid, key = self._key(address.reader)
        return close(clear.plaintext(), address.header(kid), public=key)

    def __repr__(self) -> str:
        return f"Sealer({len(self._keys)} readers)"

    def _key(self, reader: str) -> tuple[str, ECKey]:
        if reader not in self._keys:
            raise NoKey(reader)
        return self._keys[reader]


class Opener:
    """The private keys of one holder; retired ones still open."""

    def __init__(self, keys: Mapping[str, ECKey]) -> None:
        """`keys`: by kid."""
        self._keys = dict(keys)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The keys in a private JWKS file. Raises: BadKeys."""
        return cls(_keys_of(path, of_private_jwk))

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

    def __repr__(self) -> str:
        return f"Opener({len(self._keys)} keys)"

    def _key(self, header: Mapping[str, Any], address: Address) -> ECKey:
        kid = header.get("kid")
        if not isinstance(kid, str) or _holder(kid) != address.reader:
            raise BadEnvelope("wrong_header")
        said = {name: header[name] for name in _ADDRESSED if name in header}
        if said != address.header(kid) or not header.keys() <= _HEADER:
            raise BadEnvelope("wrong_header")
        if type(header.get("assignment")) not in {int, type(None)}:
            raise BadEnvelope("wrong_header")
        if kid not in self._keys:
            raise BadEnvelope("unknown_key")
        return self._keys[kid]


def seal_event(event: EventT, sealer: Sealer, *, topic: str, letter: str) -> EventT:
    """`event` with its clear words sealed for each reader on `topic`; sealed ones stay as they are.

    Raises: NoKey.
    """

    def sealed(field: str, words: Any) -> Any:
        if not isinstance(words, Clear):
            return words
        readers = readers_of(event, field, topic=topic)
        return {
            reader: sealer.seal(words, _address(event, reader, letter=letter)) for reader in readers
        }

    return event.map_words(sealed) if _has_words(event) else event


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
        return opener.open(words[reader], _kind_of(event, field), address=address)

    return event.map_words(clear) if _has_words(event) else event


def _address(event: Event, reader: str, *, letter: str) -> Address:
    kind = SEALED_AS.get(event.type, event.type)
    assignment = getattr(event, "assignment", None) if reader.startswith("bureau:") else None
    return Address(reader, letter, kind, assignment)


def _has_words(event: Event) -> bool:
    return bool(event.sealed or event.sealed_within)


def _kind_of(event: Event, field: str) -> type[Clear]:
    outer, _, inner = field.partition(".")
    return _kind(type(event), outer, inner)


@cache
def _kind(model: type[BaseModel], outer: str, inner: str) -> type[Clear]:
    """The kind of words that `outer` of `model` holds, or `inner` of the items in it."""
    annotation = model.model_fields[outer].annotation
    if inner:
        return _kind(next(_models_in(annotation)), inner, "")
    return next(each for each in _models_in(annotation) if issubclass(each, Clear))


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _holder(kid: str) -> str:
    return kid.partition(".")[0]


def _keys_of(path: Path, of: Callable[[object], KeyT]) -> dict[str, KeyT]:
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
