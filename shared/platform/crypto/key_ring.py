"""Key rings: sealing at rest, so that the database alone reveals nothing.

A sealed value is `<kid>.<alg>.<base64url of nonce, ciphertext and tag>`. The nonce is 96 random
bits, new for each sealing. The 128-bit tag also covers letter, field and key id, so that a value
opens only in the place for which it was sealed. A random nonce is safe for 2^32 sealings under one
key: create a new current key long before that; old keys stay in the ring and still open.
"""

import hmac
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.platform.crypto.key_files import BadKeys, of_base64url, read_keys, secret, to_base64url

NONCE = 12
TAG = 16
_KID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class CannotOpen(Exception):
    """A value was not sealed by this ring, or not for this place, or was tampered with."""


class Aead(Protocol):
    """A cipher for authenticated encryption with associated data."""

    alg: str

    def encrypt(self, nonce: bytes, plain: bytes, *, about: bytes) -> bytes:
        """Return ciphertext and tag."""

    def decrypt(self, nonce: bytes, sealed: bytes, *, about: bytes) -> bytes:
        """Return the plaintext. Raises: InvalidTag."""

    def derived(self, purpose: str) -> bytes:
        """Derive a secret of 32 bytes for that purpose alone, always the same for the same key."""


class A256GCM:
    """AES-256 in Galois/Counter Mode."""

    alg = "A256GCM"

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("an A256GCM key has 32 bytes")
        self._cipher = AESGCM(key)
        self._key = key

    def encrypt(self, nonce: bytes, plain: bytes, *, about: bytes) -> bytes:
        """Return ciphertext and tag."""
        return self._cipher.encrypt(nonce, plain, about)

    def decrypt(self, nonce: bytes, sealed: bytes, *, about: bytes) -> bytes:
        """Return the plaintext. Raises: InvalidTag."""
        return self._cipher.decrypt(nonce, sealed, about)

    def derived(self, purpose: str) -> bytes:
        """Derive a secret of 32 bytes for that purpose alone, always the same for the same key."""
        return _derived(self._key, purpose)


class SM4GCM:
    """SM4 (GB/T 32907) in Galois/Counter Mode."""

    alg = "SM4GCM"

    def __init__(self, key: bytes) -> None:
        if len(key) != 16:
            raise ValueError("an SM4GCM key has 16 bytes")
        self._cipher = algorithms.SM4(key)
        self._key = key

    def encrypt(self, nonce: bytes, plain: bytes, *, about: bytes) -> bytes:
        """Return ciphertext and tag."""
        encryptor = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(about)
        return encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, sealed: bytes, *, about: bytes) -> bytes:
        """Return the plaintext. Raises: InvalidTag."""
        ciphertext, tag = sealed[:-TAG], sealed[-TAG:]
        decryptor = Cipher(self._cipher, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(about)
        return decryptor.update(ciphertext) + decryptor.finalize()

    def derived(self, purpose: str) -> bytes:
        """Derive a secret of 32 bytes for that purpose alone, always the same for the same key."""
        return _derived(self._key, purpose)


CIPHERS: Mapping[str, type[A256GCM | SM4GCM]] = {"A256GCM": A256GCM, "SM4GCM": SM4GCM}


class KeyRing:
    """A service's keys for stored values: the current one seals, all of them open."""

    def __init__(self, current: str, keys: Mapping[str, Aead]) -> None:
        if current not in keys:
            raise ValueError("the current key is not in the ring")
        self._current = current
        self._keys = dict(keys)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a ring from a file of `{"current": kid, "keys": [{"kid", "alg", "k"}]}`.

        Raises: BadKeys.
        """
        content = read_keys(path)
        entries = content.get("keys")
        if not isinstance(entries, list):
            raise BadKeys(f"{path.name}: no list of keys")
        keys: dict[str, Aead] = {}
        for number, entry in enumerate(entries):
            kid, cipher = _entry(path, number, entry=entry)
            if kid in keys:
                raise BadKeys(f"{path.name}: key {number} has the kid of another")
            keys[kid] = cipher
        current = content.get("current")
        if not isinstance(current, str) or current not in keys:
            raise BadKeys(f"{path.name}: the current key is not among the keys")
        return cls(current, keys)

    @property
    def current(self) -> str:
        """The id of the key that seals."""
        return self._current

    def seal(self, plain: bytes, *, letter: str, field: str) -> str:
        """Seal `plain` so that only this ring opens it, and only as `field` of `letter`."""
        cipher = self._keys[self._current]
        octets = self._sealed(plain, about=_about(letter, field, kid=self._current))
        return f"{self._current}.{cipher.alg}.{to_base64url(octets)}"

    def seal_octets(self, plain: bytes, *, letter: str, field: str) -> bytes:
        """As `seal`, without base64: `<kid>.<alg>.`, then nonce, ciphertext and tag."""
        head = f"{self._current}.{self._keys[self._current].alg}.".encode()
        return head + self._sealed(plain, about=_about(letter, field, kid=self._current))

    def open(self, sealed: str, *, letter: str, field: str) -> bytes:
        """Open a value sealed as `field` of `letter`. Raises: CannotOpen, without content."""
        kid, alg, content = _parts(sealed)
        cipher = self._cipher(kid, alg)
        try:
            octets = of_base64url(content)
        except ValueError:
            raise CannotOpen("not sealed by this ring for this place") from None
        return _opened(cipher, octets, about=_about(letter, field, kid=kid))

    def open_octets(self, sealed: bytes, *, letter: str, field: str) -> bytes:
        """Open what `seal_octets` returned. Raises: CannotOpen, without content."""
        kid, alg, octets = _octet_parts(sealed)
        return _opened(self._cipher(kid, alg), octets, about=_about(letter, field, kid=kid))

    def derived(self, purpose: str) -> dict[str, bytes]:
        """For each key id of the ring, a secret for that purpose alone."""
        return {kid: cipher.derived(purpose) for kid, cipher in self._keys.items()}

    def is_current(self, sealed: str) -> bool:
        """Whether `sealed` is under the current key. Raises: CannotOpen."""
        return _parts(sealed)[0] == self._current

    def _sealed(self, plain: bytes, *, about: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._keys[self._current].encrypt(nonce, plain, about=about)

    def _cipher(self, kid: str, alg: str) -> Aead:
        cipher = self._keys.get(kid)
        if cipher is None or cipher.alg != alg:
            raise CannotOpen("no such key in the ring")
        return cipher

    def __repr__(self) -> str:
        return f"KeyRing({len(self._keys)} keys)"


class BlindIndex:
    """A keyed hash for lookups by values that must not be stored readably: HMAC-SHA256."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("a blind-index key has at least 32 bytes")
        self._key = key

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the key `blind_index` from a file of secrets. Raises: BadKeys."""
        return cls(secret(path, "blind_index"))

    def of(self, *parts: str) -> str:
        """Hash the parts, in order; normalise their spelling first."""
        return to_base64url(hmac.digest(self._key, _joined(*parts), "sha256"))

    def __repr__(self) -> str:
        return "BlindIndex()"


def _derived(key: bytes, purpose: str) -> bytes:
    """HKDF-Expand (RFC 5869) of one block; ring keys are random and need no extract step."""
    return hmac.digest(key, purpose.encode() + b"\1", "sha256")


def _entry(path: Path, number: int, *, entry: Any) -> tuple[str, Aead]:
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        raise BadKeys(f"{path.name}: key {number} is not an object of strings")
    kid, alg = entry.get("kid", ""), entry.get("alg", "")
    if not _KID.fullmatch(kid):
        raise BadKeys(f"{path.name}: key {number} has no usable kid")
    if alg not in CIPHERS:
        raise BadKeys(f"{path.name}: key {number} has an unknown alg")
    try:
        return kid, CIPHERS[alg](of_base64url(entry.get("k", "")))
    except ValueError:
        raise BadKeys(f"{path.name}: key {number} does not fit its alg") from None


def _opened(cipher: Aead, octets: bytes, *, about: bytes) -> bytes:
    if len(octets) < NONCE + TAG:
        raise CannotOpen("too short")
    try:
        return cipher.decrypt(octets[:NONCE], octets[NONCE:], about=about)
    except (InvalidTag, ValueError):
        raise CannotOpen("not sealed by this ring for this place") from None


def _octet_parts(sealed: bytes) -> tuple[str, str, bytes]:
    kid, _, rest = sealed.partition(b".")
    alg, dot, octets = rest.partition(b".")
    if not dot or not (kid.isascii() and alg.isascii()):
        raise CannotOpen("not a sealed value")
    return kid.decode(), alg.decode(), octets


def _parts(sealed: str) -> tuple[str, str, str]:
    kid, _, rest = sealed.partition(".")
    alg, dot, content = rest.partition(".")
    if not dot:
        raise CannotOpen("not a sealed value")
    return kid, alg, content


def _about(letter: str, field: str, *, kid: str) -> bytes:
    return _joined(letter, field, kid)


def _joined(*parts: str) -> bytes:
    """Join `parts`, each prefixed with its length: no two lists of parts give the same bytes."""
    octets = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part_octets).to_bytes(4, "big") + part_octets for part_octets in octets)
