"""Folded forms of a text for finding personal data, each character with its origin."""

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
"""Stands for each character that people write between the digits of a number."""

_SEPARATORS: Final = frozenset(
    "~∼〜\u2212ー·・•‧∙⋅._/\\|*()[]{}【】〔〕<>《》「」\u115f\u1160\u2800\u3164\uffa0"
)
"""In NFKC; in addition to blanks and dashes of all kinds."""
HIDDEN: Final = frozenset({"Cf", "Cc", "Mn", "Me", "Cs"})
"""Unicode categories of invisible characters."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text, with the original code point of each character."""

    text: str = field(repr=False)
    origin: tuple[int, ...]
    """The origin of each character, followed by the length of the original text."""

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The original span of the characters from `start` to `end`."""
        return self.origin[start], self.origin[end - 1] + 1

    def place_with_hidden(self, start: int, end: int) -> tuple[int, int]:
        """The same, including omitted characters that follow it."""
        first, last = self.place(start, end)
        return first, max(last, self.origin[end])


def letters_and_digits(text: str, *, numeric: bool) -> Folded:
    """Fold to letters and digits of one width, case and script, without accents.

    `numeric`: convert Chinese digits to digits.
    """
    folded = joined(map(folded_character, text))
    return Folded(folded.text.translate(CHINESE_DIGITS), folded.origin) if numeric else folded


def lined(text: str) -> Folded:
    """Fold digits of any script to ASCII, separators to `-`, and letters to lower case."""
    return joined(map(_in_line, text))


def joined(forms: Iterable[str]) -> Folded:
    """The forms of a text's characters as one folded text."""
    characters: list[str] = []
    origin: list[int] = []
    place = -1
    for place, form in enumerate(forms):
        characters.append(form)
        origin += [place] * len(form)
    return Folded("".join(characters), (*origin, place + 1))


@lru_cache(maxsize=8192)
def folded_character(character: str) -> str:
    """The character's letters and digits: `Ｘ` is x, `é` is e, `①` is 1, a hyphen is nothing."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(
        _digit(letter) or SIMPLIFIED.get(letter, letter)
        for letter in plain
        if letter.isalnum() or letter == "○"
    )


@lru_cache(maxsize=8192)
def _in_line(character: str) -> str:
    """The character's form in `lined`: any number of characters."""
    if _is_separator(character):
        return SEPARATOR
    if unicodedata.category(character) in HIDDEN:
        return ""
    plain = unicodedata.normalize("NFKC", character).casefold()
    return "".join(_form(letter) for letter in plain).translate(CHINESE_DIGITS)


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
