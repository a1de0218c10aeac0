"""Numbers of letters, diversions and publications; the random bytes are passed in.

A number is 80 random bits in Crockford's base 32 (no I, L, O, U) and a check character from the
same 32: `GD-7K3M-9QXA-04TZ-B1HN-C`. It is safe in URLs, as a Kafka key and as a MongoDB key,
reveals nothing about its letter, and is not a secret.

The check is linear over GF(32): position i has the weight g**i, with g a generator of the field, so
all 17 weights differ and none is zero. That detects every single wrong character and every
transposition of two characters, adjacent or not, including the check character. Each prefix adds
its own constant, so a publication id prefixed with `GD-` is not a letter number.
"""

import re
from types import MappingProxyType
from typing import Final

LETTER: Final = "GD"
DIVERSION: Final = "D"
PUBLICATION: Final = "P"

RANDOM_BYTES: Final = 10

_SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = MappingProxyType({symbol: value for value, symbol in enumerate(_SYMBOLS)})
_PREFIXES: Final = MappingProxyType({LETTER: 0, DIVERSION: 1, PUBLICATION: 2})
"""Constant that each prefix adds to the check sum; all different."""

_DATA: Final = 16
_GROUP: Final = 4
_LONGEST_INPUT: Final = 64
_CANONICAL: Final = re.compile(rf"(GD|D|P)((?:-[{_SYMBOLS}]{{4}}){{4}})-([{_SYMBOLS}])", re.ASCII)
_POLYNOMIAL: Final = 0b100101
"""x^5 + x^2 + 1, primitive over GF(2): x generates all 31 non-zero elements."""

_READ_AS: Final = str.maketrans(
    {"O": "0", "I": "1", "L": "1"}
    | {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # full width
)
_BETWEEN: Final = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212\u200b-\u200d\u2060\ufeff]+")
"""What people and programs put between groups: spaces, all kinds of dashes, invisible marks."""


def new_letter_number(randomness: bytes) -> str:
    """Make a letter number from 10 random bytes. Raises: ValueError, for any other length."""
    return _number(LETTER, randomness)


def new_diversion_number(randomness: bytes) -> str:
    """Make the number of a diverted emergency, `D-…`. Raises: ValueError, unless 10 bytes."""
    return _number(DIVERSION, randomness)


def new_publication_id(randomness: bytes) -> str:
    """Make the id of a published page, `P-…`; never derive it from the letter number.

    Raises: ValueError, unless 10 bytes.
    """
    return _number(PUBLICATION, randomness)


def is_letter_number(text: str) -> bool:
    """Whether `text` is a letter number in its canonical form; see `normalise`."""
    return _is_number(LETTER, text)


def is_diversion_number(text: str) -> bool:
    """Whether `text` is a diversion number in its canonical form."""
    return _is_number(DIVERSION, text)


def normalise(text: str) -> str:
    """The canonical form of a number as typed; other text is returned unchanged.

    Accepted: lower case, full width, O for 0, I and L for 1, missing or other hyphens, spaces. The
    check character is not verified here.
    """
    if len(text) > _LONGEST_INPUT:
        return text
    bare = _BETWEEN.sub("", text.translate(_READ_AS).upper()).translate(_READ_AS)
    prefix, symbols = bare[: -_DATA - 1], bare[-_DATA - 1 :]
    canonical = _grouped(prefix, symbols)
    return canonical if _CANONICAL.fullmatch(canonical) else text


def _number(prefix: str, randomness: bytes) -> str:
    if len(randomness) != RANDOM_BYTES:
        raise ValueError(f"a number takes {RANDOM_BYTES} random bytes, not {len(randomness)}")
    bits = int.from_bytes(randomness, "big")
    data = "".join(_SYMBOLS[bits >> 5 * place & 31] for place in reversed(range(_DATA)))
    return _grouped(prefix, data + _check_of(prefix, data))


def _is_number(prefix: str, text: str) -> bool:
    match = _CANONICAL.fullmatch(text)
    if match is None or match[1] != prefix:
        return False
    return _check_of(prefix, match[2].replace("-", "")) == match[3]


def _grouped(prefix: str, symbols: str) -> str:
    groups = [symbols[start : start + _GROUP] for start in range(0, len(symbols), _GROUP)]
    return "-".join([prefix, *groups])


def _check_of(prefix: str, data: str) -> str:
    """Horner's rule: the last symbol of `data` weighs g, the one before g**2, the check 1."""
    total = 0
    for symbol in data:
        total = _times_g(total ^ _VALUES[symbol])
    return _SYMBOLS[total ^ _PREFIXES[prefix]]


def _times_g(value: int) -> int:
    doubled = value << 1
    return doubled ^ _POLYNOMIAL if doubled & 0b100000 else doubled
