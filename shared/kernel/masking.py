"""Where in a text does its writer give away who wrote it, and how is that cut? Pure.

The writer's own values are looked for, those that intake knows, and, for what everyone may read,
numbers that give away anybody. For own values both sides are folded before
they are compared: letters and digits alone remain, in one width and case, without accents, and in
numbers and addresses Chinese digits read as digits. So `１５４-3947 8548` is the phone
15439478548. Time grows linearly with the text: folding, then plain substring search.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal, Protocol, get_args

What = Literal["name", "phone", "id_number", "email", "wechat", "address"]

MARKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "〔本人姓名〕",
        "phone": "〔电话〕",
        "id_number": "〔证件号〕",
        "email": "〔本人邮箱〕",
        "wechat": "〔本人微信〕",
        "address": "〔本人地址〕",
    }
)

SHORTEST: Final = 2
"""Folded values below this are not looked for: one letter would blacken the whole text."""

_NUMERIC: Final = frozenset({"phone", "id_number", "address"})
_CHINESE_DIGITS: Final = str.maketrans(
    "〇零○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖貳參叄陸",
    "00012345678911234567892336",
)
_COUNTRY: Final = ("0086", "86")
_MOBILE: Final = 11


_NUMBERS: Final = re.compile(
    r"(?<!\d)(?:(?P<id>\d(?:[ -]?\d){16}[ -]?[\dXxＸｘ])|[1１][ -]?[3-9３-９](?:[ -]?\d){9})(?!\d)"
)
"""An ID number of 18 places, or a mobile phone number of 11. Source: GB 11643, MIIT numbering."""


@dataclass(frozen=True, slots=True)
class OwnSpan:
    """Characters `start` up to, not including, `end` (code points) are such a value."""

    start: int
    end: int
    what: What


class Marked(Protocol):
    """Any span that names its place and kind, such as those of the contracts."""

    @property
    def start(self) -> int:
        """First code point."""

    @property
    def end(self) -> int:
        """First code point after it."""

    @property
    def what(self) -> str:
        """A key of `MARKS`."""


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text as it is compared, and from which original code point each character came."""

    text: str = field(repr=False)
    origin: tuple[int, ...]


def own_spans(body: str, values: Mapping[str, str]) -> tuple[OwnSpan, ...]:
    """Where `values` stand in `body`: sorted, apart from each other, in code points.

    A value that is blank or folds to a single character is not looked for. A name in Latin
    letters is found only as whole words. Raises: ValueError for an unknown kind of value.
    """
    words, numbers = _fold(body, numeric=False), _fold(body, numeric=True)
    covered: list[OwnSpan] = []
    for what in get_args(What):
        if what != "name" and what in values:
            text = numbers if what in _NUMERIC else words
            covered += _found(text, _needle(what, values[what]), what)
    if unknown := set(values) - set(get_args(What)):
        raise ValueError(f"unknown kinds of own values: {sorted(unknown)}")
    names = _names(body, words, _needle("name", values.get("name", "")), taken=covered)
    return tuple(_apart([*covered, *names]))


def numbers_of_anyone(text: str) -> tuple[OwnSpan, ...]:
    """Where ID numbers and mobile phone numbers stand in `text`, whoever they are of.

    Digits of any width, single spaces or hyphens between them. Sorted and apart.
    """
    return tuple(
        OwnSpan(found.start(), found.end(), "id_number" if found["id"] else "phone")
        for found in _NUMBERS.finditer(text)
    )


def mask(text: str, spans: Iterable[Marked]) -> str:
    """`text` with each span replaced by the mark of its kind.

    Raises: ValueError for spans that are unsorted, overlap, lie outside or are of no known kind.
    """
    parts, position = [], 0
    for span in spans:
        if not (position <= span.start < span.end <= len(text) and span.what in MARKS):
            raise ValueError("spans must be sorted, apart, inside the text and of a known kind")
        parts += [text[position : span.start], MARKS[span.what]]
        position = span.end
    return "".join([*parts, text[position:]])


def _fold(text: str, *, numeric: bool) -> _Folded:
    characters: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        folded = _folded(character)
        characters.append(folded)
        origin += [place] * len(folded)
    whole = "".join(characters)
    return _Folded(whole.translate(_CHINESE_DIGITS) if numeric else whole, tuple(origin))


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    """Its letters and digits in plain form: `Ｘ` is x, `é` is e, `①` is 1, a hyphen is nothing."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(
        str(unicodedata.digit(letter)) if letter.isdigit() else letter
        for letter in plain
        if letter.isalnum() or letter == "○"
    )


def _needle(what: str, value: str) -> str:
    folded = _fold(value, numeric=what in _NUMERIC).text
    if what == "phone":
        for code in _COUNTRY:
            if folded.startswith(code) and len(folded) == len(code) + _MOBILE:
                return folded.removeprefix(code)
    return folded


def _found(text: _Folded, needle: str, what: What) -> Iterator[OwnSpan]:
    if len(needle) < SHORTEST:
        return
    at = text.text.find(needle)
    while at >= 0:
        end = at + len(needle)
        yield OwnSpan(text.origin[at], text.origin[end - 1] + 1, what)
        at = text.text.find(needle, end)


def _names(body: str, text: _Folded, needle: str, *, taken: Iterable[OwnSpan]) -> Iterator[OwnSpan]:
    """As `_found`, but Latin letters right beside the name make it part of another word."""
    if len(needle) < SHORTEST:
        return
    covered = {place for span in taken for place in range(span.start, span.end)}
    at = text.text.find(needle)
    while at >= 0:
        end = at + len(needle)
        span = OwnSpan(text.origin[at], text.origin[end - 1] + 1, "name")
        beside = [(span.start, span.start - 1), (span.end - 1, span.end)]
        if any(_one_word(body, pair) and pair[1] not in covered for pair in beside):
            at = text.text.find(needle, at + 1)
        else:
            yield span
            at = text.text.find(needle, end)


def _one_word(body: str, pair: tuple[int, int]) -> bool:
    return all(0 <= place < len(body) and _is_latin(body[place]) for place in pair)


def _is_latin(character: str) -> bool:
    folded = _folded(character)
    return bool(folded) and folded.isascii() and folded.isalpha()


def _apart(spans: list[OwnSpan]) -> list[OwnSpan]:
    """Overlapping spans become one, of the kind that starts first or, with it, reaches further."""
    merged: list[OwnSpan] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        last = merged[-1] if merged else None
        if last and span.start < last.end:
            merged[-1] = OwnSpan(last.start, max(last.end, span.end), last.what)
        else:
            merged.append(span)
    return merged
