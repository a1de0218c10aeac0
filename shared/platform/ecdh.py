"""How is one envelope closed and opened? Compact JWE of one kind: ECDH-ES+A256KW on P-256, A256GCM.

Only these two algorithms are known here, so an envelope cannot ask for another, and nothing is ever
compressed. A general JOSE library takes a third more time to close, and half as much again to
open; the tests hold the two against each other both ways.
Sources: RFC 7516 (JWE), RFC 7518 sections 4.6 and 5.3, RFC 3394.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.platform.keyfiles import of_base64url, to_base64url

ALGORITHMS: Mapping[str, str] = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM"}
CURVE = ec.SECP256R1()
MAX_ENVELOPE = 262_144
MAX_HEADER = 2_048
"""Most characters of an envelope, as of a whole event, and of its header."""

_COORDINATE, _NONCE, _KEY, _TAG = 32, 12, 32, 16
_WRAPPED = _KEY + 8
_ABOUT_WRAPPING = b"".join(
    (
        len(ALGORITHMS["alg"]).to_bytes(4, "big"),
        ALGORITHMS["alg"].encode(),
        bytes(8),  # no information about either party
        (_KEY * 8).to_bytes(4, "big"),
    )
)


class NotOpened(Exception):
    """The envelope is malformed, or for another key, or was tampered with."""


def close(plain: bytes, header: Mapping[str, Any], *, public: ec.EllipticCurvePublicKey) -> str:
    """`plain` for the holder of `public`'s private part, with `header` readable and protected."""
    ephemeral = ec.generate_private_key(CURVE)
    content_key, nonce = secrets.token_bytes(_KEY), secrets.token_bytes(_NONCE)
    wrapped = aes_key_wrap(_wrapping_key(ephemeral.exchange(ec.ECDH(), public)), content_key)
    full = {**ALGORITHMS, **header, "epk": _to_jwk(ephemeral.public_key())}
    protected = to_base64url(json.dumps(full, separators=(",", ":")).encode())
    sealed = AESGCM(content_key).encrypt(nonce, plain, protected.encode())
    parts = (wrapped, nonce, sealed[:-_TAG], sealed[-_TAG:])
    return ".".join((protected, *map(to_base64url, parts)))


def header_of(envelope: str) -> dict[str, Any]:
    """The header of an envelope, not yet proven to be its sealer's. Raises: NotOpened."""
    protected, dot, _ = envelope.partition(".")
    if not dot or len(envelope) > MAX_ENVELOPE or len(protected) > MAX_HEADER:
        raise NotOpened("not an envelope, or too long")
    try:
        header = json.loads(of_base64url(protected))
    except (ValueError, RecursionError):
        raise NotOpened("no readable header") from None
    if not isinstance(header, dict):
        raise NotOpened("the header is no object")
    return header


def opened(
    envelope: str, header: Mapping[str, Any], *, private: ec.EllipticCurvePrivateKey
) -> bytes:
    """The content of `envelope`, whose `header` you have from `header_of`. Raises: NotOpened."""
    if any(header.get(name) != value for name, value in ALGORITHMS.items()):
        raise NotOpened("closed by other algorithms")
    protected, *rest = envelope.split(".")
    try:
        wrapped, nonce, ciphertext, tag = map(of_base64url, rest)
        if (len(wrapped), len(nonce), len(tag)) != (_WRAPPED, _NONCE, _TAG):
            raise NotOpened("a part has the wrong length")
        shared = private.exchange(ec.ECDH(), of_jwk(header.get("epk")))
        content_key = aes_key_unwrap(_wrapping_key(shared), wrapped)
        return AESGCM(content_key).decrypt(nonce, ciphertext + tag, protected.encode())
    except (ValueError, InvalidUnwrap, InvalidTag):
        raise NotOpened("malformed, for another key, or tampered with") from None


def of_jwk(jwk: object) -> ec.EllipticCurvePublicKey:
    """A public key on P-256, proven to be on the curve. Raises: ValueError."""
    if not isinstance(jwk, dict) or jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise ValueError("not a key on P-256")
    point = b"\x04" + _octets(jwk, "x") + _octets(jwk, "y")
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)


def of_private_jwk(jwk: object) -> ec.EllipticCurvePrivateKey:
    """A private key on P-256 that fits its own public part. Raises: ValueError."""
    public = of_jwk(jwk)
    private = ec.derive_private_key(int.from_bytes(_octets(jwk, "d"), "big"), CURVE)
    if private.public_key() != public:
        raise ValueError("the private part does not fit the public part")
    return private


def _to_jwk(public: ec.EllipticCurvePublicKey) -> dict[str, str]:
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    x, y = point[1 : 1 + _COORDINATE], point[1 + _COORDINATE :]
    return {"kty": "EC", "crv": "P-256", "x": to_base64url(x), "y": to_base64url(y)}


def _octets(jwk: Any, name: str) -> bytes:
    text = jwk.get(name)
    octets = of_base64url(text) if isinstance(text, str) else b""
    if len(octets) != _COORDINATE:
        raise ValueError(f"{name} has the wrong length")
    return octets


def _wrapping_key(shared: bytes) -> bytes:
    return ConcatKDFHash(hashes.SHA256(), _KEY, _ABOUT_WRAPPING).derive(shared)
