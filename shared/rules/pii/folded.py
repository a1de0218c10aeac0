"""Folded forms of a text for finding personal data, each character with its origin."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
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
        self._uneven = ""
        """The characters looked up so far whose form isn't one character."""
        self._pattern: re.Pattern[str] | None = None

    def __missing__(self, code: int) -> str:
        form = self[code] = self._form(chr(code))
        if len(form) != 1:
            self._uneven += chr(code)
            self._pattern = re.compile(f"[{re.escape(self._uneven)}]")
        return form

    def uneven_in(self, text: str) -> Iterator[tuple[int, int]]:
        """The places where the form isn't one character, each with the form's length.

        All characters of `text` must have been looked up before.
        """
        found = self._pattern.finditer(text) if self._pattern else ()
        return ((match.start(), len(self[ord(match[0])])) for match in found)


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
        starts, shifts = self._shifts
        at = bisect_right(starts, place) - 1
        if at < 0:
            return place
        before, after, end = shifts[at]
        return place + after if place >= end else before

    @cached_property
    def _shifts(self) -> tuple[list[int], list[tuple[int, int, int]]]:
        """Where the forms begin that aren't one character; and for each its original place, what
        to add to later places, and where it ends.
        """
        starts, shifts, shift = list[int](), list[tuple[int, int, int]](), 0
        for origin, length in self._forms.uneven_in(self._original):
            start = origin - shift
            shift += 1 - length
            starts.append(start)
            shifts.append((origin, shift, start + length))
        return starts, shifts


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
