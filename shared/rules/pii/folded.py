"""Forms of a text in which personal values are searched, each character with its origin."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from shared.rules.text.normalise import SIMPLIFIED

CHINESE_DIGITS: Final = str.maketrans(
    "〇零○一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖貳參叄陸兩",
    "0001234567891212345678923362",
)
SEPARATOR: Final = "-"
"""Stands for each character that people write between the digits of one number."""

_SEPARATORS: Final = frozenset(
    "~∼〜\u2212ー·・•‧∙⋅._/\\|*()[]{}【】〔〕<>《》「」\u115f\u1160\u2800\u3164\uffa0"
)
"""In NFKC; beside these, blanks and dashes of all kinds."""
_HIDDEN: Final = frozenset({"Cf", "Cc", "Mn", "Me", "Cs"})
"""Categories of characters that show nothing of their own."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as it is compared, and from which original code point each character came."""

    text: str = field(repr=False)
    origin: tuple[int, ...]
    """Of each character, and the length of the original text."""

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters `start` up to `end` of it stand in the original text."""
        return self.origin[start], self.origin[end - 1] + 1

    def place_with_hidden(self, start: int, end: int) -> tuple[int, int]:
        """The same, with the characters after it that were left out."""
        first, last = self.place(start, end)
        return first, max(last, self.origin[end])


def letters_and_digits(text: str, *, numeric: bool) -> Folded:
    """Nothing but letters and digits, in one width, case and script, without accents.

    `numeric`: Chinese digits are digits.
    """
    folded = _joined(map(folded_character, text))
    return Folded(folded.text.translate(CHINESE_DIGITS), folded.origin) if numeric else folded


def lined(text: str) -> Folded:
    """Digits of any script as ASCII, separators as `-`, letters in lower case; no hidden ones."""
    return _joined(map(_in_line, text))


def _joined(forms: Iterable[str]) -> Folded:
    characters: list[str] = []
    origin: list[int] = []
    place = -1
    for place, form in enumerate(forms):
        characters.append(form)
        origin += [place] * len(form)
    return Folded("".join(characters), (*origin, place + 1))


@lru_cache(maxsize=8192)
def folded_character(character: str) -> str:
    """Its letters and digits in plain form: `Ｘ` is x, `é` is e, `①` is 1, a hyphen is nothing."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(
        _digit(letter) or SIMPLIFIED.get(letter, letter)
        for letter in plain
        if letter.isalnum() or letter == "○"
    )


@lru_cache(maxsize=8192)
def _in_line(character: str) -> str:
    """Its form in `lined`: one or more characters, or none."""
    if _is_separator(character):
        return SEPARATOR
    if unicodedata.category(character) in _HIDDEN:
        return ""
    plain = unicodedata.normalize("NFKC", character).casefold()
    return "".join(_form(one) for one in plain).translate(CHINESE_DIGITS)


def _form(character: str) -> str:
    if _is_separator(character):
        return SEPARATOR
    return _digit(character) or SIMPLIFIED.get(character, character)


def _is_separator(character: str) -> bool:
    return (
        character in _SEPARATORS
        or character.isspace()
        or unicodedata.category(character) in {"Pd", "Zs"}
    )


def _digit(character: str) -> str:
    return str(unicodedata.digit(character)) if character.isdigit() else ""
