"""A limit on consecutive combining marks: hundreds on one letter cover everything around it."""

import re
import unicodedata
from itertools import groupby
from typing import Final

MOST_COMBINING_MARKS: Final = 8
"""Marks per character; no writing system in use stacks more."""

_LONG_RUN: Final = re.compile(rf"[^\x00-\x7f\u4e00-\u9fff]{{{MOST_COMBINING_MARKS + 1},}}")
"""A cheap pre-check: most texts have no such run."""
_MARKS: Final = frozenset({"Mn", "Me"})


def has_too_many_marks(text: str) -> bool:
    """Whether a character of `text` has too many combining marks."""
    return cap_marks(text) != text


def cap_marks(text: str, *, filler: str = "") -> str:
    """Remove combining marks beyond the limit.

    `filler`: replaces each removed mark.
    """
    return _LONG_RUN.sub(lambda run: _capped(run[0], filler), text)


def _capped(run: str, filler: str) -> str:
    parts = []
    for is_mark, group in groupby(run, key=_is_mark):
        characters = "".join(group)
        most = MOST_COMBINING_MARKS if is_mark else len(characters)
        parts += [characters[:most], filler * (len(characters) - most)]
    return "".join(parts)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in _MARKS
