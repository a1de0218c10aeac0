"""N-grams for full-text search.

Two characters in a row in scripts without spaces, three letters or digits in a row in others. An
n-gram never crosses a blank or a punctuation mark.
"""

import re
from operator import add
from typing import Final

from shared.rules.text.normalise import normal

NARROW: Final = 3
"""Letters and digits in an n-gram of a script with spaces; in others it has two characters."""
_RUN: Final = re.compile(r"[0-9A-Za-z]+|[^\W_0-9A-Za-z]+")
"""Letters and digits of one script."""


def grams(text: str) -> frozenset[str]:
    """The n-grams of a text, independent of its spelling."""
    found: set[str] = set()
    for run in _RUN.findall(normal(text)):
        if run.isascii():
            found.update(run[start : start + NARROW] for start in range(len(run) - NARROW + 1))
        else:
            found.update(map(add, run, run[1:]))
    return frozenset(found)


def terms(text: str) -> tuple[str, ...]:
    """The normalised words of a query, all of which must match, each once."""
    return tuple(dict.fromkeys(normal(text).split()))
