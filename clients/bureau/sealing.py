"""How does a bureau open what is sealed for it, and seal what it says to the router?

An envelope is a compact JWE; its protected header names key, letter, event type, reader and, for a
bureau, the assignment. One that says anything else than the event it came with stays closed.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar, get_args

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.registry import HeaderParameter
from pydantic import BaseModel

from clients.bureau.key_files import BadKeyFile, keys_in
from clients.bureau.public_keys import PublicKeys
from shared.contracts.event import Event, readers_of
from shared.contracts.keys_v1 import is_kid_of
from shared.contracts.slugs import Bureau
from shared.contracts.words import Clear

ALGORITHM = "ECDH-ES+A256KW"
ENCRYPTION = "A256GCM"
MAX_CIPHERTEXT = 120_000
"""Above the longest reply: 20,000 characters are 60,000 bytes in UTF-8, or 120,000 escaped."""
MAX_ENVELOPE = 2 * MAX_CIPHERTEXT
PUBLIC_FILE = "public.jwks.json"

ADDRESSED = ("kid", "letter", "type", "reader", "assignment")

ClearT = TypeVar("ClearT", bound=Clear)
EventT = TypeVar("EventT", bound=Event)


class NotOpened(Exception):
    """An envelope stays closed. Only `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Registry(jwe.JWERegistry):
    """The one pair of algorithms, our header names, and room for the longest reply."""

    max_ciphertext_length = MAX_CIPHERTEXT


_REGISTRY = _Registry(
    header_registry={
        **{name: HeaderParameter(name, "str") for name in ADDRESSED[:-1]},
        "assignment": HeaderParameter("assignment", "int"),
    },
    algorithms=[ALGORITHM, ENCRYPTION],
)


class Keys:
    """One bureau's private keys, and everybody's public ones."""

    def __init__(
        self, private: Mapping[str, ECKey], public: PublicKeys, *, path: Path | None = None
    ) -> None:
        """`private`: by key id. `path`: their file, looked at again when one is missing."""
        self.public = public
        self._private = dict(private)
        self._path = path

    @classmethod
    def load(cls, private: Path, public: PublicKeys) -> Self:
        """The private keys of a JWKS file. Raises: BadKeyFile."""
        return cls(keys_in(private, is_private=True), public, path=private)

    @classmethod
    def of_bureau(cls, slug: Bureau, folder: Path) -> Self:
        """The keys where the local stack keeps them. Raises: BadKeyFile."""
        private = folder / "bureaus" / f"{slug}.private.jwks.json"
        return cls.load(private, PublicKeys.load(folder / PUBLIC_FILE))

    def __repr__(self) -> str:
        return f"Keys({len(self._private)} private, {len(self.public)} holders)"

    def seal(self, event: EventT, *, topic: str, letter: str, at: datetime) -> EventT:
        """`event` with its clear words sealed for each reader on `topic`, for its newest key.

        Raises: NoKey.
        """

        def sealed(field: str, words: Any) -> Any:
            if not isinstance(words, Clear):
                return words
            readers = readers_of(event, field, topic=topic)
            return {
                reader: self._close(words, _address(event, reader, letter=letter), at=at)
                for reader in readers
            }

        return event.map_words(sealed)

    def open(
        self, event: EventT, *, reader: str, topic: str, letter: str
    ) -> tuple[EventT, dict[str, str]]:
        """`event` with the words for `reader` clear, and by field why some of them stay closed."""
        closed: dict[str, str] = {}

        def opened(field: str, words: Any) -> Any:
            if not isinstance(words, Mapping) or reader not in readers_of(
                event, field, topic=topic
            ):
                return words
            address = _address(event, reader, letter=letter)
            try:
                return self._open(words.get(reader, ""), kind_of(type(event), field), address)
            except NotOpened as no:
                closed[field] = no.code
                return words

        return event.map_words(opened), closed

    def _close(self, words: Clear, address: dict[str, Any], *, at: datetime) -> str:
        kid, key = self.public.newest(address["reader"], at)
        header = {"alg": ALGORITHM, "enc": ENCRYPTION, "kid": kid, **address}
        return jwe.encrypt_compact(header, words.plaintext(), key, registry=_REGISTRY)

    def _open(self, envelope: str, kind: type[ClearT], address: dict[str, Any]) -> ClearT:
        if not envelope:
            raise NotOpened("no_envelope")
        if len(envelope) > MAX_ENVELOPE:
            raise NotOpened("too_large")
        try:
            return kind.from_plaintext(self._plaintext(envelope, address))
        except JoseError:
            raise NotOpened("not_opened") from None
        except ValueError:
            raise NotOpened("bad_content") from None

    def _plaintext(self, envelope: str, address: dict[str, Any]) -> bytes:
        compact = jwe.decrypt_compact(
            envelope.encode(), lambda found: self._key(found.headers(), address), registry=_REGISTRY
        )
        return compact.plaintext or b""

    def _key(self, header: Mapping[str, Any], address: dict[str, Any]) -> ECKey:
        """The key for an envelope with that header, if it is addressed as it must be."""
        kid = str(header.get("kid"))
        said = {name: header[name] for name in ADDRESSED if name in header}
        if said != {"kid": kid, **address} or not is_kid_of(address["reader"], kid):
            raise NotOpened("wrong_header")
        if type(header.get("assignment")) not in {int, type(None)}:
            raise NotOpened("wrong_header")
        if kid not in self._private:
            self._look_again()
        if kid not in self._private:
            raise NotOpened("unknown_key")
        return self._private[kid]

    def _look_again(self) -> None:
        """Take up keys that were put into the file since, so that a new one needs no restart."""
        if self._path is not None:
            with suppress(BadKeyFile):
                self._private |= keys_in(self._path, is_private=True)


def kind_of(event: type[Event], field: str) -> type[Clear]:
    """The kind of words that `field` of such an event holds; `items.field` for one in its items."""
    model: type[BaseModel] = event
    *outer, last = field.split(".")
    for name in outer:
        model = next(_models_in(model.model_fields[name].annotation))
    return next(
        found
        for found in _models_in(model.model_fields[last].annotation)
        if issubclass(found, Clear)
    )


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _address(event: Event, reader: str, *, letter: str) -> dict[str, Any]:
    address: dict[str, Any] = {"letter": letter, "type": event.type, "reader": reader}
    if reader.startswith("bureau:"):
        address["assignment"] = getattr(event, "assignment", None)
    return address
