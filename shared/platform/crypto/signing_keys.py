"""Signing keys (Ed25519) for documents that others keep for years, and the check of a signature.

A key file is a JWK set. Each key has `kid`, `iss` (who signs) and `nbf` (from when it signs, Unix
time). A document is signed by the key of its own time, so that it is the same bytes whenever it is
issued again. A retired key may lose its private half `d`; then later issues have the next key's
signature. Published keys also have `exp`, when the next one took over: signatures on documents of
a later time don't count, so a retired key that leaks signs no letters of today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.kernel.letter_receipts import SIGNATURE, signed_part
from shared.platform.crypto.key_files import BadKeys, of_base64url, read_keys, to_base64url

RECEIPT_KEYS: Final = "intake.receipts.private.jwks.json"
FIGURES_KEYS: Final = "publisher.figures.private.jwks.json"
"""Files in the keys' folders of intake and the publisher."""
LEEWAY: Final = timedelta(minutes=5)
"""By so much clocks may differ."""
LONGEST: Final = 200
EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""From when a first key signs: also for letters that are older than it."""
MUCH_LATER: Final = datetime(9999, 1, 1, tzinfo=UTC)

Why: TypeAlias = Literal["malformed", "unknown_key", "wrong_issuer", "not_its_time", "signature"]


class NotAuthentic(Exception):
    """A document isn't what somebody with one of these keys signed; `why` is a code."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key of a file."""

    kid: str
    issuer: str
    begins: datetime
    public: bytes = field(repr=False)
    private: Ed25519PrivateKey | None = field(repr=False)
    """None: retired, and destroyed."""


class SigningKeys:
    """The keys of one signer, present and past."""

    def __init__(self, keys: Mapping[str, SigningKey]) -> None:
        """Raises: ValueError, if no key can sign, or two begin at once."""
        self._keys = sorted(keys.values(), key=lambda key: key.begins)
        if not self._keys or self._keys[-1].private is None:
            raise ValueError("the newest key has no private half")
        if len({key.begins for key in self._keys}) < len(self._keys):
            raise ValueError("two keys begin at the same time")

    @classmethod
    def load(cls, path: Path) -> SigningKeys:
        """Read a key file. Raises: BadKeys."""
        entries = read_keys(path).get("keys")
        if not isinstance(entries, list):
            raise BadKeys(f"{path.name}: no list of keys")
        try:
            return cls.of(entries)
        except ValueError as fault:
            raise BadKeys(f"{path.name}: {fault}") from None

    @classmethod
    def of(cls, entries: Sequence[Any]) -> SigningKeys:
        """The keys of JWKs. Raises: ValueError, without content."""
        keys: dict[str, SigningKey] = {}
        for number, entry in enumerate(entries):
            try:
                key = _key_of(entry)
            except (ValueError, TypeError, KeyError, OverflowError):
                raise ValueError(f"key {number} is no Ed25519 key with kid, iss and nbf") from None
            if key.kid in keys:
                raise ValueError(f"key {number} has the kid of another")
            keys[key.kid] = key
        return cls(keys)

    def sign(self, content: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        """The content of that time with `issuer`, `kid` and `signature`."""
        key = self._key_at(at)
        if key.private is None:
            raise ValueError("the newest key has no private half")
        named = {**content, "issuer": key.issuer, "kid": key.kid}
        return {**named, SIGNATURE: to_base64url(key.private.sign(signed_part(named)))}

    def public_keys(self) -> dict[str, Any]:
        """All public halves as a JWK set, the newest first."""
        ends = [*(key.begins for key in self._keys[1:]), None]
        listed = [_jwk_of(key, end) for key, end in zip(self._keys, ends, strict=True)]
        return {"keys": listed[::-1]}

    def _key_at(self, at: datetime) -> SigningKey:
        """The last key that had begun, or the next one that can sign."""
        begun = [place for place, key in enumerate(self._keys) if key.begins <= at]
        first = begun[-1] if begun else 0
        return next(key for key in self._keys[first:] if key.private is not None)


def verify(document: Mapping[str, Any], keys: Mapping[str, Any], *, at: str) -> None:
    """Check that a document was signed by one of the published `keys`, before that retired.

    `at`: the member with the document's time. Raises: NotAuthentic.
    """
    listed, kid = keys.get("keys"), document.get("kid")
    known = (key for key in (listed if isinstance(listed, list) else ()) if isinstance(key, dict))
    key = next((key for key in known if key.get("kid") == kid), None)
    if key is None:
        raise NotAuthentic("unknown_key")
    try:
        public = Ed25519PublicKey.from_public_bytes(_public_of(key))
        moment = datetime.fromisoformat(_text(document, at))
        ends = _instant(key["exp"]) if "exp" in key else None
        signature, signed = of_base64url(_text(document, SIGNATURE)), signed_part(document)
        is_in_time = moment <= (MUCH_LATER if ends is None else ends + LEEWAY)
    except (ValueError, TypeError, KeyError, OverflowError):
        raise NotAuthentic("malformed") from None
    try:
        public.verify(signature, signed)
    except InvalidSignature:
        raise NotAuthentic("signature") from None
    if document.get("issuer") != key.get("iss"):
        raise NotAuthentic("wrong_issuer")
    if not is_in_time:
        raise NotAuthentic("not_its_time")


def new_signing_key(kid: str, issuer: str, *, begins: datetime) -> dict[str, Any]:
    """A new private key as a JWK."""
    private = Ed25519PrivateKey.generate()
    return {
        **_jwk_of(
            SigningKey(kid, issuer, begins, private.public_key().public_bytes_raw(), private)
        ),
        "d": to_base64url(private.private_bytes_raw()),
    }


def _key_of(entry: Mapping[str, Any]) -> SigningKey:
    """Raises: ValueError, TypeError, KeyError, OverflowError."""
    kid, issuer = _text(entry, "kid"), _text(entry, "iss")
    public = _public_of(entry)
    private = None
    if "d" in entry:
        private = Ed25519PrivateKey.from_private_bytes(of_base64url(_text(entry, "d")))
        if private.public_key().public_bytes_raw() != public:
            raise ValueError("the halves belong to different keys")
    return SigningKey(kid, issuer, _instant(entry["nbf"]), public, private)


def _jwk_of(key: SigningKey, ends: datetime | None = None) -> dict[str, Any]:
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "use": "sig",
        "alg": "Ed25519",
        "kid": key.kid,
        "iss": key.issuer,
        "nbf": int(key.begins.timestamp()),
        **({} if ends is None else {"exp": int(ends.timestamp())}),
        "x": to_base64url(key.public),
    }


def _public_of(jwk: Mapping[str, Any]) -> bytes:
    if (jwk["kty"], jwk["crv"]) != ("OKP", "Ed25519"):
        raise ValueError("not an Ed25519 key")
    public = of_base64url(_text(jwk, "x"))
    if len(public) != 32:
        raise ValueError("not an Ed25519 key")
    return public


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry[name]
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST:
        raise ValueError(name)
    return value


def _instant(value: object) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("whole seconds since 1970 are needed")
    return datetime.fromtimestamp(value, UTC)
