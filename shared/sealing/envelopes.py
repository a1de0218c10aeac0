"""Sealing and opening the words of events in flight.

Words travel in one envelope per reader. The envelope's protected header names its key (`kid`), its
owner (`reader`), the `letter`, the event `type` and, for a bureau, the `assignment`; a reader opens
it only if all of them match. The kid is the holder's name, followed by a dot and a distinct mark if
the holder has had several keys.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, TypeVar

from joserfc.jwk import ECKey

from shared.contracts.bureau_v1 import LetterIdentity
from shared.contracts.envelope import Unsendable
from shared.contracts.event import Action, Event, kind_of_words, readers_of
from shared.contracts.keys_v1 import is_kid_of
from shared.contracts.submitted_v1 import IdentitySealed
from shared.contracts.words import MAX_ENVELOPE, Clear, NotWords, WordsFault
from shared.sealing.compact_jwe import ALGORITHMS, NotOpened, close, header_of, opened
from shared.sealing.key_directory import KeyDirectory, Lack

SEALED_AS: Mapping[str, str] = {IdentitySealed.type: LetterIdentity.type}
"""Intake seals an identity as the event that the bureau will read: the router only forwards it."""

_ADDRESSED = ("kid", "letter", "type", "reader", "assignment")
_HEADER = {"alg", "enc", "epk", *_ADDRESSED}

ClearT = TypeVar("ClearT", bound=Clear)
EventT = TypeVar("EventT", bound=Event)


EnvelopeFault: TypeAlias = Literal[
    "no_envelope",
    "too_long",
    "wrong_header",
    "wrong_reader",
    "unknown_key",
    "not_opened",
    "bad_content",
    "text_too_long",
    "bad_characters",
    "blank",
]
_CONTENT: Mapping[WordsFault, EnvelopeFault] = {
    "content": "bad_content",
    "length": "text_too_long",
    "bad_characters": "bad_characters",
    "blank": "blank",
}


class BadEnvelope(Exception):
    """Words can't be opened. Only `code` says why, and it reveals nothing of the envelope."""

    def __init__(self, code: EnvelopeFault) -> None:
        super().__init__(code)
        self.code: EnvelopeFault = code


@dataclass(frozen=True, slots=True)
class Address:
    """What an envelope belongs to. `assignment` is set if the reader is a bureau."""

    reader: str
    letter: str
    type: str
    assignment: int | None = None

    def header(self, kid: str) -> dict[str, Any]:
        """The form in the protected header."""
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
    """Seals for each reader under its newest currently valid key."""

    def __init__(self, book: KeyDirectory, *, now: Callable[[], datetime]) -> None:
        self.book = book
        self._now = now

    def kid_of(self, reader: str) -> str:
        """The id of the key that currently seals for `reader`. Raises: NoKey."""
        return self.book.newest(reader, self._now())[0]

    def lack(self, reader: str) -> Lack | None:
        """Why nothing can be sealed for `reader` now; None if it can."""
        return self.book.lack(reader, self._now())

    def seal(self, clear: Clear, address: Address, *, kid: str | None = None) -> str:
        """Seal `clear` for its reader; `kid`: with that key of the reader.

        Raises: NoKey; Unsendable, if it exceeds the size of an envelope.
        """
        return self.seal_plaintext(clear.plaintext(), address, kid=kid)

    def seal_plaintext(self, plain: bytes, address: Address, *, kid: str | None = None) -> str:
        """Like `seal`, for the plaintext of words that several readers get."""
        if kid is None:
            kid, key = self.book.newest(address.reader, self._now())
        else:
            key = self.book.named(address.reader, kid)
        envelope = close(plain, address.header(kid), public=key)
        if len(envelope) > MAX_ENVELOPE:
            raise Unsendable("too_large")
        return envelope

    def __repr__(self) -> str:
        return f"Sealer({self.book!r})"


class Opener:
    """The private keys of one holder; retired ones still open."""

    def __init__(
        self,
        keys: Mapping[str, ECKey],
        *,
        reload: Callable[[], Mapping[str, ECKey]] = dict,
    ) -> None:
        """`keys`: by kid. `reload`: returns further keys when one is missing."""
        self._keys = dict(keys)
        self._reload = reload

    def open(
        self, envelope: str, kind: type[ClearT], *, address: Address, is_new: bool = False
    ) -> ClearT:
        """Open the words in `envelope`, if it is for `address` and holds `kind`.

        `is_new`: the texts must satisfy the rules for new texts. Raises: BadEnvelope.
        """
        header = _header(envelope)
        key = self._key(header, address)
        try:
            return kind.from_plaintext(opened(envelope, header, private=key), is_new=is_new)
        except NotOpened:
            raise BadEnvelope("not_opened") from None
        except NotWords as fault:
            raise BadEnvelope(_CONTENT[fault.fault]) from None

    def has(self, kid: str) -> bool:
        """Whether envelopes for that key can be opened."""
        if kid not in self._keys:
            self._keys |= self._reload()
        return kid in self._keys

    def __repr__(self) -> str:
        return f"Opener({len(self._keys)} keys)"

    def _key(self, header: Mapping[str, Any], address: Address) -> ECKey:
        kid = header.get("kid")
        if header.get("reader") != address.reader:
            raise BadEnvelope("wrong_reader")
        if not isinstance(kid, str) or not is_kid_of(address.reader, kid):
            raise BadEnvelope("unknown_key")
        addressed = {name: header[name] for name in _ADDRESSED if name in header}
        if addressed != address.header(kid) or not header.keys() <= _HEADER:
            raise BadEnvelope("wrong_header")
        if type(header.get("assignment")) not in {int, type(None)}:
            raise BadEnvelope("wrong_header")
        if not self.has(kid):
            raise BadEnvelope("unknown_key")
        return self._keys[kid]


def _header(envelope: str) -> dict[str, Any]:
    if len(envelope) > MAX_ENVELOPE:
        raise BadEnvelope("too_long")
    try:
        header = header_of(envelope)
    except NotOpened:
        raise BadEnvelope("wrong_header") from None
    if any(header.get(name) != value for name, value in ALGORITHMS.items()):
        raise BadEnvelope("wrong_header")
    return header


def seal_event(event: EventT, sealer: Sealer, *, topic: str, letter: str) -> EventT:
    """Seal the clear words of `event` for each reader on `topic`; sealed words stay unchanged.

    An event that names a key is sealed with that key. Raises: NoKey.
    """
    if not has_words(event):
        return event
    kid: str | None = getattr(event, "kid", None)

    def sealed(field: str, words: Any) -> Any:
        if not isinstance(words, Clear):
            return words
        plain = words.plaintext()
        return {
            reader: sealer.seal_plaintext(plain, _address(event, reader, letter=letter), kid=kid)
            for reader in readers_of(event, field, topic=topic)
        }

    return event.map_words(sealed)


def open_event(event: EventT, opener: Opener, *, reader: str, topic: str, letter: str) -> EventT:
    """Open the words for `reader`; words only for others stay sealed.

    Raises: BadEnvelope, also if words meant for `reader` on `topic` have no envelope for it.
    """
    clear, closed = open_each(event, opener, reader=reader, topic=topic, letter=letter)
    for fault in closed.values():
        raise fault
    return clear


def open_each(
    event: EventT, opener: Opener, *, reader: str, topic: str, letter: str
) -> tuple[EventT, dict[str, BadEnvelope]]:
    """Like `open_event`, but words that can't be opened stay sealed; returns faults by field."""
    closed: dict[str, BadEnvelope] = {}
    if not has_words(event):
        return event, closed
    address, is_new = _address(event, reader, letter=letter), isinstance(event, Action)

    def clear(field: str, words: Any) -> Any:
        if not isinstance(words, Mapping):
            return words
        if reader not in words:
            if reader in readers_of(event, field, topic=topic):
                closed[field] = BadEnvelope("no_envelope")
            return words
        try:
            kind = kind_of_words(type(event), field)
            return opener.open(words[reader], kind, address=address, is_new=is_new)
        except BadEnvelope as fault:
            closed[field] = fault
            return words

    return event.map_words(clear), closed


def _address(event: Event, reader: str, *, letter: str) -> Address:
    kind = SEALED_AS.get(event.type, event.type)
    assignment = getattr(event, "assignment", None) if reader.startswith("bureau:") else None
    return Address(reader, letter, kind, assignment)


def has_words(event: Event) -> bool:
    """Whether events of that type can hold words."""
    return bool(event.sealed or event.sealed_within)
