"""Exports of a day for auditors, with a signature that shows that nobody has changed the file.

Beside the file lies a JWS (Ed25519, compact); its payload names the file, its day, its number of
lines and its SHA-256. The key is derived from the service's key ring; the public keys of the whole
ring verify.
`python -m shared.audit.signed_export` checks a file.
"""

import hmac
import json
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.platform.crypto.key_files import to_base64url
from shared.platform.crypto.key_ring import KeyRing

PURPOSE: Final = "signature of exports"
TYPE: Final = "gd.mailbox.export"
ALGORITHMS: Final = ["Ed25519"]
Line = Mapping[str, Any]


class BadSignature(Exception):
    """The file isn't the one that was signed, or the signature isn't one of these keys'."""


@dataclass(frozen=True, slots=True)
class ExportDigest:
    """What the signature covers."""

    service: str
    name: str
    """Of the file."""
    day: date
    lines: int
    sha256: str


class ExportSigner:
    """Signs the exports of one service."""

    def __init__(self, ring: KeyRing, service: str) -> None:
        self.service = service
        self._keys = {
            kid: _private(seed, f"{service}-export-{kid}")
            for kid, seed in ring.derived(PURPOSE).items()
        }
        self._current = ring.current

    def sign(self, digest: ExportDigest) -> str:
        """Return the signature as a compact JWS."""
        key = self._keys[self._current]
        header = {"alg": "Ed25519", "kid": key.kid, "typ": TYPE}
        payload = {
            "service": digest.service,
            "file": digest.name,
            "day": digest.day.isoformat(),
            "lines": digest.lines,
            "sha256": digest.sha256,
        }
        plain = json.dumps(payload, sort_keys=True).encode()
        return jws.serialize_compact(header, plain, key, algorithms=ALGORITHMS)

    def public_keys(self) -> dict[str, Any]:
        """Return the keys that verify, as a JWK set."""
        return {"keys": [key.as_dict(private=False) for key in self._keys.values()]}


def verify(signature: str, content: Iterable[bytes], *, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was signed, if that is this content. Raises: BadSignature."""
    known = {one.get("kid"): one for one in keys.get("keys", ())}
    try:
        unverified = jws.extract_compact(signature.encode())
        found = known.get(unverified.headers().get("kid"))
        if found is None or unverified.headers().get("typ") != TYPE:
            raise BadSignature("signed by none of these keys")
        signed = jws.deserialize_compact(signature, OKPKey.import_key(found), algorithms=ALGORITHMS)
        payload: dict[str, Any] = json.loads(signed.payload)
    except (JoseError, ValueError, TypeError) as fault:
        raise BadSignature("no valid signature") from fault
    digest = sha256()
    for part in content:
        digest.update(part)
    if not hmac.compare_digest(digest.hexdigest(), str(payload.get("sha256"))):
        raise BadSignature("the file has been changed")
    return payload


async def json_lines(lines: AsyncIterable[Line]) -> AsyncIterator[bytes]:
    """Yield each line as JSON in a form that is always the same."""
    async for line in lines:
        text = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        yield text.encode() + b"\n"


async def digest_of(
    lines: AsyncIterable[Line], *, service: str, name: str, day: date
) -> ExportDigest:
    """Return the digest of an export without keeping it."""
    digest, count = sha256(), 0
    async for line in json_lines(lines):
        digest.update(line)
        count += 1
    return ExportDigest(service, name, day, count, digest.hexdigest())


def _private(seed: bytes, kid: str) -> OKPKey:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return OKPKey.import_key(
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "kid": kid,
            "x": to_base64url(public),
            "d": to_base64url(seed),
        }
    )
