"""Compact JWE with ECDH-ES+A256KW on P-256 and A256GCM, for a single envelope.

Only this pair of algorithms, our header names and our size limits are accepted. Nothing is
compressed. joserfc opens envelopes, which outsiders write. Sealing uses the primitives directly,
because joserfc's general way takes twice as long (RFC 7516, section 5.1; RFC 7518, section 4.6).
"""

import json
import os
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.registry import HeaderParameter
from joserfc.util import json_b64decode, urlsafe_b64encode

from shared.contracts.words import MAX_ENVELOPE

ALGORITHMS: Final[Mapping[str, str]] = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM"}
CURVE: Final = "P-256"
MAX_HEADER: Final = 2_048
"""Maximum characters of an envelope's protected header."""

_TEXTS = ("letter", "type", "reader")
_EC: Final = ec.SECP256R1()
_ECDH: Final = ec.ECDH()
_COORDINATE: Final = 32
_KEY: Final = 32
_IV: Final = 12
_TAG: Final = 16
"""Sizes in bytes."""
_ROUND: Final = (1).to_bytes(4, "big")
"""Concat KDF needs one round: its hash is as long as the key."""
_OTHER_INFO: Final = b"".join(
    (
        *(len(text).to_bytes(4, "big") + text for text in (ALGORITHMS["alg"].encode(), b"", b"")),
        (8 * _KEY).to_bytes(4, "big"),
    )
)
"""Algorithm, no names of the parties, and the key's length in bits."""


class NotOpened(Exception):
    """The envelope is malformed, or for another key, or was tampered with."""


class _Registry(jwe.JWERegistry):
    """Our algorithms, header names and limits."""

    max_protected_header_length = MAX_HEADER
    max_ciphertext_length = MAX_ENVELOPE


_REGISTRY = _Registry(
    header_registry={
        **{name: HeaderParameter(name, "str") for name in _TEXTS},
        "assignment": HeaderParameter("assignment", "int"),
    },
    algorithms=list(ALGORITHMS.values()),
)


def close(plain: bytes, header: Mapping[str, Any], *, public: ECKey) -> str:
    """Seal `plain` for the holder of the private key of `public`; `header` stays readable."""
    ephemeral, content_key, iv = ec.generate_private_key(_EC), os.urandom(_KEY), os.urandom(_IV)
    protected = _encoded(json.dumps(_header(header, ephemeral), separators=(",", ":")).encode())
    agreed = ephemeral.exchange(_ECDH, public.public_key)
    wrapping_key = sha256(_ROUND + agreed + _OTHER_INFO).digest()
    sealed = AESGCM(content_key).encrypt(iv, plain, protected)
    parts = (aes_key_wrap(wrapping_key, content_key), iv, sealed[:-_TAG], sealed[-_TAG:])
    return b".".join((protected, *map(_encoded, parts))).decode()


def header_of(envelope: str) -> dict[str, Any]:
    """The header of an envelope, not verified yet. Raises: NotOpened."""
    protected, dot, _ = envelope.partition(".")
    if not dot or len(envelope) > MAX_ENVELOPE or len(protected) > MAX_HEADER:
        raise NotOpened("not an envelope, or too long")
    try:
        header = json_b64decode(protected.encode())
    except (ValueError, RecursionError):
        raise NotOpened("no readable header") from None
    if not isinstance(header, dict):
        raise NotOpened("the header is no object")
    return header


def opened(envelope: str, header: Mapping[str, Any], *, private: ECKey) -> bytes:
    """Decrypt `envelope`, given its `header` from `header_of`. Raises: NotOpened."""
    if any(header.get(name) != value for name, value in ALGORITHMS.items()) or "zip" in header:
        raise NotOpened("closed by other algorithms")
    try:
        content = jwe.decrypt_compact(envelope, private, registry=_REGISTRY).plaintext
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotOpened("malformed, for another key, or tampered with") from None
    return content or b""


def _header(header: Mapping[str, Any], ephemeral: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]
    x, y = point[:_COORDINATE], point[_COORDINATE:]
    epk = {"kty": "EC", "crv": CURVE, "x": _encoded(x).decode(), "y": _encoded(y).decode()}
    return {**ALGORITHMS, **header, "epk": epk}


def _encoded(octets: bytes) -> bytes:
    return urlsafe_b64encode(octets)


def of_jwk(jwk: object) -> ECKey:
    """Import a public key on P-256, verified to be on the curve. Raises: ValueError."""
    key = _key(jwk)
    return ECKey.import_key(key.as_dict(private=False)) if key.is_private else key


def of_private_jwk(jwk: object) -> ECKey:
    """Import a private key on P-256 that fits its own public part. Raises: ValueError."""
    key = _key(jwk)
    if not key.is_private:
        raise ValueError("no private part")
    return key


def _key(jwk: object) -> ECKey:
    if not isinstance(jwk, dict) or jwk.get("kty") != "EC" or jwk.get("crv") != CURVE:
        raise ValueError("not a key on P-256")
    try:
        key = ECKey.import_key(jwk)
        key.public_key.public_numbers()
    except (JoseError, ValueError, TypeError, KeyError):
        raise ValueError("not a key on P-256") from None
    return key
