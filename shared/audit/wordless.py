"""Detection of text that only a person could have written: by patterns, without a dictionary.

What we store in clear are codes, ids, numbers and instants: ASCII without blanks. So everything
with a blank, an escape or another script counts as words, and isolated digits in the form of an ID
or mobile number count as one.
"""

import re
import unicodedata
from typing import Any

import orjson

_DATED = r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
"""An ID number, recognised by the date of birth in it."""
_NUMBER = re.compile(rf"(?<![\w-])(?:1[3-9]\d{{9}}|{_DATED})(?![\w-])".encode(), re.ASCII)
"""A mobile number of the mainland, or an ID number, not part of something longer."""
_ID_NUMBER = re.compile(rf"(?<!\d){_DATED}(?!\d)", re.ASCII)
_DIGITS = bytes(ord("0") if chr(octet) in "0123456789" else ord(" ") for octet in range(256))
_LONG = b"0" * 11
"""A cheap pre-check: without eleven digits in a row there is no such number."""
_JWE = re.compile(r"[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


def plain(value: Any) -> bytes:
    """All text in a value, as JSON; bytes and instants are left out."""
    return orjson.dumps(value, default=_nothing, option=orjson.OPT_PASSTHROUGH_DATETIME)


def holds_words(text: bytes) -> bool:
    """Whether this JSON contains a blank, an escape or another script."""
    return b" " in text or b"\\" in text or not text.isascii()


def holds_number(text: bytes) -> bool:
    """Whether it contains an isolated ID number or mobile number."""
    return _LONG in text.translate(_DIGITS) and _NUMBER.search(text) is not None


def shows_id_number(text: str) -> bool:
    """Whether public text contains an ID number, in digits of any width."""
    return _ID_NUMBER.search(unicodedata.normalize("NFKC", text)) is not None


def is_sealed(words: Any) -> bool:
    """Whether this is a map from readers to compact JWEs, or None."""
    if words is None:
        return True
    return (
        isinstance(words, dict)
        and bool(words)
        and all(
            isinstance(envelope, str) and _JWE.fullmatch(envelope) for envelope in words.values()
        )
    )


def _nothing(_: object) -> None:
    """Replace values that are not text."""
