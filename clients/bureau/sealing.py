"""How does a bureau open what is sealed for it, and seal what it says to the router?

An envelope is a compact JWE; its protected header names key, letter, event type, reader and, for a
bureau, the assignment. One that says anything else than the event it came with stays closed.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar, get_args

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.registry import HeaderParameter
from pydantic import BaseModel

from shared.contracts.event import Event, readers_of
from shared.contracts.slugs import Bureau
from shared.contracts.words import Clear

ALGORITHM = "ECDH-ES+A256KW"
ENCRYPTION = "A256GCM"
MAX_CIPHERTEXT = 120_000
"""Above the longest reply: 20,000 characters are 60,000 bytes in UTF-8, or 120,000 escaped."""
MAX_ENVELOPE = 2 * MAX_CIPHERTEXT

ADDRESSED = ("kid", "letter", "type", "reader", "assignment")

ClearT = TypeVar("ClearT", bound=Clear)
EventT = TypeVar("EventT", bound=Event)


class BadKeyFile(Exception):
    """A key file can't be read, or holds no fitting key. Names the file, never what it holds."""


class NoKey(Exception):
    """Nothing can be sealed for a reader whose public key isn't known."""


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

    def __init__(self, private: Mapping[str, ECKey], public: Mapping[str, ECKey]) -> None:
        """Both by key id; of several public keys of one holder the first seals."""
        self._private = dict(private)
        self._public: dict[str, tuple[str, ECKey]] = {}
        for kid, key in public.items():
            self._public.setdefault(_holder(kid), (kid, key))

    @classmethod
    def load(cls, private: Path, public: Path) -> Self:
        """The keys in two JWKS files. Raises: BadKeyFile."""
        return cls(_keys_in(private, is_private=True), _keys_in(public, is_private=False))

    @classmethod
    def of_bureau(cls, slug: Bureau, folder: Path) -> Self:
        """The keys where the local stack keeps them. Raises: BadKeyFile."""
        return cls.load(folder / "bureaus" / f"{slug}.private.jwks.json", folder / _PUBLIC)

    def __repr__(self) -> str:
        return f"Keys({len(self._private)} private, {len(self._public)} holders)"

    def seal(self, event: EventT, *, topic: str, letter: str) -> EventT:
        """`event` with its clear words sealed for each reader on `topic`. Raises: NoKey."""

        def sealed(field: str, words: Any) -> Any:
            if not isinstance(words, Clear):
                return words
            readers = readers_of(event, field, topic=topic)
            return {reader: self._close(words, event, reader, letter=letter) for reader in readers}

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

    def _close(self, words: Clear, event: Event, reader: str, *, letter: str) -> str:
        if reader not in self._public:
            raise NoKey(reader)
        kid, key = self._public[reader]
        header = {
            "alg": ALGORITHM,
            "enc": ENCRYPTION,
            "kid": kid,
            **_address(event, reader, letter=letter),
        }
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
        if said != {"kid": kid, **address} or _holder(kid) != address["reader"]:
            raise NotOpened("wrong_header")
        if type(header.get("assignment")) not in {int, type(None)}:
            raise NotOpened("wrong_header")
        if kid not in self._private:
            raise NotOpened("unknown_key")
        return self._private[kid]


_PUBLIC = "public.jwks.json"


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


def _holder(kid: str) -> str:
    """`bureau:guangzhou` of `bureau:guangzhou.2027`."""
    return kid.partition(".")[0]


def _keys_in(path: Path, *, is_private: bool) -> dict[str, ECKey]:
    try:
        entries = json.loads(path.read_bytes())["keys"]
        keys = {entry["kid"]: ECKey.import_key(entry) for entry in entries}
    except (OSError, ValueError, KeyError, TypeError, JoseError):
        raise BadKeyFile(f"{path} is no readable JWKS file of P-256 keys with kids") from None
    if not keys or any(key.curve_name != "P-256" for key in keys.values()):
        raise BadKeyFile(f"{path} holds no P-256 keys, or others besides")
    if is_private and not all(key.is_private for key in keys.values()):
        raise BadKeyFile(f"{path} holds public keys: private ones belong there")
    return keys
