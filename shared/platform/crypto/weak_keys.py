"""Public keys on P-256 whose private part is publicly known.

These are the keys of the smallest private numbers, which broken software generates, and the
examples printed in standards, which people copy.
"""

from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec

from shared.platform.crypto.key_files import to_base64url

SMALLEST = 64
PRINTED = frozenset(
    {
        "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",  # RFC 7515, appendix A.3
        "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",  # RFC 7517, appendix A.2
        "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",  # RFC 7518, appendix C, Alice
        "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",  # RFC 7518, appendix C, Bob
    }
)
"""The x coordinates of printed example keys."""


def is_known_to_all(x: str) -> bool:
    """Whether the private part of the key with that x (base64url) is publicly known."""
    return x in PRINTED or x in _smallest()


@cache
def _smallest() -> frozenset[str]:
    """The x coordinates of the smallest private keys; a key and its negative share the same x."""
    keys = (ec.derive_private_key(number, ec.SECP256R1()) for number in range(1, SMALLEST + 1))
    points = (key.public_key().public_numbers() for key in keys)
    return frozenset(to_base64url(point.x.to_bytes(32, "big")) for point in points)
