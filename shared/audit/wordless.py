"""Is there anything in this that only a person could have written? Patterns, no dictionary. Pure.

What we keep in clear are codes, ids, numbers and instants: ASCII without a blank. So whatever has a
blank, an escape or another script is words, and digits that stand alone like an ID or a mobile
number are one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import orjson

_DATED = r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
"""An ID number holds a date of birth."""
_NUMBER = re.compile(rf"(?<![\w-])(?:1[3-9]\d{{9}}|{_DATED})(?![\w-])".encode(), re.ASCII)
"""A mobile number of the mainland, or an ID number, not part of something longer."""
_ID_NUMBER = re.compile(rf"(?<!\d){_DATED}(?!\d)", re.ASCII)
_DIGITS = bytes(ord("0") if chr(octet) in "0123456789" else ord(" ") for octet in range(256))
_LONG = b"0" * 11
"""A first look that costs little: without eleven digits in a row there is no such number."""
_JWE = re.compile(r"[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


def plain(value: Any) -> bytes:
    """Everything in it that is text, as JSON; octets and instants are left out."""
    return orjson.dumps(value, default=_nothing, option=orjson.OPT_PASSTHROUGH_DATETIME)


def holds_words(text: bytes) -> bool:
    """Whether there is a blank, an escape or another script in this JSON."""
    return b" " in text or b"\\" in text or not text.isascii()


def holds_number(text: bytes) -> bool:
    """Whether an ID number or a mobile number stands in it by itself."""
    return _LONG in text.translate(_DIGITS) and _NUMBER.search(text) is not None


def shows_id_number(text: str) -> bool:
    """Whether an ID number stands in what everyone may read, in whatever width of digits."""
    return _ID_NUMBER.search(unicodedata.normalize("NFKC", text)) is not None


def is_sealed(words: Any) -> bool:
    """Whether this is a map from readers to compact JWEs, or nothing."""
    if words is None:
        return True
    return (
        isinstance(words, dict)
        and bool(words)
        and all(isinstance(one, str) and _JWE.fullmatch(one) for one in words.values())
    )


def _nothing(_: object) -> None:
    """Stands for what is no text."""
