"""Folded forms of a text for finding personal data, each character with its origin."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property
from itertools import accumulate
from typing import Final

from shared.rules.text.normalise import SIMPLIFIED

CHINESE_DIGITS: Final = str.maketrans(
    "〇零○一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖貳參叄陸兩",
    "0001234567891212345678923362",
)
_CHINESE_DIGIT: Final = re.compile(f"[{''.join(map(chr, CHINESE_DIGITS))}]")
SEPARATOR: Final = "-"
"""Stands for each character that people write between the digits of a number."""

_SEPARATORS: Final = frozenset(
    "~∼〜\u2212ー·・•‧∙⋅._/\\|*()[]{}【】〔〕<>《》「」\u115f\u1160\u2800\u3164\uffa0"
)
"""In NFKC; in addition to blanks and dashes of all kinds."""
HIDDEN: Final = frozenset({"Cf", "Cc", "Mn", "Me", "Cs"})
"""Unicode categories of invisible characters."""


class CharacterForms(dict[int, str]):
    """The form of each character looked up so far; bounded by Unicode."""

    def __init__(self, form: Callable[[str], str]) -> None:
        super().__init__()
        self._form = form

    def __missing__(self, code: int) -> str:
        self[code] = self._form(chr(code))
        return self[code]


class Folded:
    """A folded text whose characters can be traced to the original code points."""

    def __init__(self, original: str, forms: CharacterForms) -> None:
        self.text = original.translate(forms)
        self._original = original
        self._forms = forms

    @cached_property
    def digits(self) -> str:
        """The text with Chinese digits as ASCII digits, at the same places."""
        return _CHINESE_DIGIT.sub(_ascii_digit, self.text)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The original span of the characters from `start` to `end`."""
        return self._origin(start), self._origin(end - 1) + 1

    def place_with_hidden(self, start: int, end: int) -> tuple[int, int]:
        """The same, including omitted characters that follow it."""
        first, last = self.place(start, end)
        return first, max(last, self._origin(end))

    def _origin(self, place: int) -> int:
        """The original place of a character; of the end, the length of the original text."""
        return bisect_right(self._ends, place)

    @cached_property
    def _ends(self) -> list[int]:
        """Where the form of each original character ends in the folded text."""
        return [*accumulate(map(len, map(self._forms.__getitem__, map(ord, self._original))))]


def letters_and_digits(text: str) -> Folded:
    """Fold to letters and digits of one width, case and script, without accents."""
    return Folded(text, _LETTERS_AND_DIGITS)


def lined(text: str) -> Folded:
    """Fold digits of any script to ASCII, separators to `-`, and letters to lower case."""
    return Folded(text, _LINED)


def folded_character(character: str) -> str:
    """The character's letters and digits: `Ｘ` is x, `é` is e, `①` is 1, a hyphen is nothing."""
    return _LETTERS_AND_DIGITS[ord(character)]


def _letters_and_digits(character: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(
        _digit(letter) or SIMPLIFIED.get(letter, letter)
        for letter in plain
        if letter.isalnum() or letter == "○"
    )


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


def _ascii_digit(chinese: re.Match[str]) -> str:
    return chinese[0].translate(CHINESE_DIGITS)


_LETTERS_AND_DIGITS: Final = CharacterForms(_letters_and_digits)
_LINED: Final = CharacterForms(_in_line)
