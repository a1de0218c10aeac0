"""The forms in which a secret may appear: its pieces, and each of them in every encoding.

A leak may be partial: a cut line, a split field. Secrets are therefore searched in overlapping
windows, as short as chance allows: six Chinese characters, ten digits, the last eight of a phone
number, or fourteen other characters always contain a window.
"""

import base64
import hashlib
import html
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, quote_plus

LEAST_BITS = 26.0
"""Least information of a piece, in bits. Eight digits have it: a run of the story has some 2,000
places in long numbers, where chance meets them once in 10^8. All other pieces have more."""
HAN_BITS, DIGIT_BITS, OTHER_BITS = 11.0, 3.3, 5.0

HAN_WINDOW = 4, 3
DIGITS_WINDOW = 10, 1
OTHER_WINDOW = 10, 5
"""Length of a window, and distance to the next."""
LAST_DIGITS = 8
"""How much of a phone number people give if they don't give all of it."""
PHONE, ID_NUMBER = 11, 18
"""Their length."""

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
GROUPINGS: Mapping[int, tuple[int, ...]] = {PHONE: (3, 4, 4), ID_NUMBER: (6, 8, 4)}
"""How people break up a number, by its length."""
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
WIDE_BLANK = "\u3000"
DIGESTS = ("md5", "sha1", "sha256", "sm3")
SHORTENED = 16
"""Hashes are cut; this much of one identifies it."""


class TooShort(ValueError):
    """The text is so short that chance would find it everywhere. Names its length, not the text."""


def needles(text: str) -> dict[bytes, str]:
    """Every byte string that reveals `text` or a piece of it, with the name of its form.

    Raises: TooShort.
    """
    found: dict[bytes, str] = {}
    for variant in variants(text):
        for piece in pieces(variant):
            for form, octets in forms(piece):
                found.setdefault(octets, form)
    return found


def digests(text: str) -> dict[bytes, str]:
    """The text under hashes without a key, which reveal any value that can be guessed."""
    found: dict[bytes, str] = {}
    for name in DIGESTS:
        if name in hashlib.algorithms_available:
            digest = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
            for form, octets in _packed(digest):
                found.setdefault(octets[:SHORTENED], f"{name} {form}".strip())
    return found


def variants(text: str) -> set[str]:
    """The text in other widths, cases and groupings."""
    plain = unicodedata.normalize("NFKC", text)
    wide = plain.translate(FULL_WIDTH)
    found = {text, plain, plain.lower(), plain.upper(), wide, wide.replace(" ", WIDE_BLANK)}
    if (groups := GROUPINGS.get(len(plain))) and plain[:-1].isdigit():
        found |= {between.join(_grouped(plain, groups)) for between in " -"}
    return found


def pieces(text: str) -> set[str]:
    """Windows over the text, the last one at its end; all of it if it is short.

    Raises: TooShort.
    """
    width, step = _window(text)
    last = max(len(text) - width, 0)
    found = {text[start : start + width] for start in (*range(0, last, step), last)}
    if len(text) == PHONE and text.isdigit():
        found.add(text[-LAST_DIGITS:])
    if any(bits(piece) < LEAST_BITS for piece in found):
        raise TooShort(f"{len(text)} characters")
    return found


def bits(piece: str) -> float:
    """The information of a piece in bits, roughly."""
    return sum(
        HAN_BITS if _is_han(one) else DIGIT_BITS if one.isdigit() else OTHER_BITS for one in piece
    )


def forms(piece: str) -> Iterator[tuple[str, bytes]]:
    """The piece as bytes: in each encoding and escape, and these in base64 and hex."""
    for encoding in ENCODINGS:
        octets = piece.encode(encoding)
        yield encoding, octets
        for form, packed in _packed(octets):
            yield f"{encoding} {form}".strip(), packed
    for name, escape in ESCAPES.items():
        yield name, escape(piece).encode()
    for form, packed in _packed(json.dumps(piece)[1:-1].encode()):
        yield f"json {form}".strip(), packed


def _packed(octets: bytes) -> Iterator[tuple[str, bytes]]:
    """The bytes in hex, and in base64 at each of the three alignments."""
    yield "", octets
    yield "hex", octets.hex().encode()
    yield "HEX", octets.hex().upper().encode()
    for before, dropped in ((0, 0), (1, 2), (2, 3)):
        whole = (before + len(octets)) * 8 // 6
        for name, encode in (
            ("base64", base64.standard_b64encode),
            ("base64url", base64.urlsafe_b64encode),
        ):
            yield f"{name}+{before}", encode(bytes(before) + octets)[dropped:whole]


def _each(template: str, *, all_of_it: bool = False) -> Callable[[str], str]:
    """Escapes each character by its code point; only those beyond ASCII unless `all_of_it`."""

    def escape(text: str) -> str:
        return "".join(
            template.format(ord(one)) if all_of_it or not one.isascii() else one for one in text
        )

    return escape


def _bytewise(template: str, *, all_of_it: bool = False) -> Callable[[str], str]:
    """The same for each byte of UTF-8."""

    def escape(text: str) -> str:
        return "".join(
            template.format(one) if all_of_it or one > 0x7E else chr(one) for one in text.encode()
        )

    return escape


ESCAPES: Mapping[str, Callable[[str], str]] = {
    "\\u": _each("\\u{:04x}"),
    "\\U": _each("\\u{:04X}"),
    "\\u of all": _each("\\u{:04x}", all_of_it=True),
    "\\U of all": _each("\\u{:04X}", all_of_it=True),
    "\\\\u": _each("\\\\u{:04x}"),
    "repr": lambda text: ascii(text)[1:-1],
    "\\x": _bytewise("\\x{:02x}"),
    "\\x of all": _bytewise("\\x{:02x}", all_of_it=True),
    "octal": _bytewise("\\{:03o}"),
    "percent": lambda text: quote(text, safe=""),
    "percent, small": _bytewise("%{:02x}"),
    "percent of all": _bytewise("%{:02X}", all_of_it=True),
    "form": quote_plus,
    "entities": _each("&#{};"),
    "entities of all": _each("&#{};", all_of_it=True),
    "hex entities": _each("&#x{:x};"),
    "HEX entities": _each("&#x{:X};"),
    "hex entities of all": _each("&#x{:x};", all_of_it=True),
    "HEX entities of all": _each("&#x{:X};", all_of_it=True),
    "html": html.escape,
}


def _window(text: str) -> tuple[int, int]:
    if sum(map(_is_han, text)) * 2 >= len(text):
        return HAN_WINDOW
    if sum(one.isdigit() for one in text) * 4 >= len(text) * 3:
        return DIGITS_WINDOW
    return OTHER_WINDOW


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"


def _grouped(text: str, groups: tuple[int, ...]) -> Iterator[str]:
    start = 0
    for size in groups:
        yield text[start : start + size]
        start += size
