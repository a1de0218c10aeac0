"""N-grams for full-text search.

Two characters in a row in scripts without spaces, three letters or digits in a row in others. An
n-gram never crosses a blank or a punctuation mark.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from shared.rules.text.normalise import normal

NARROW: Final = 3
"""Letters and digits in an n-gram."""
WIDE: Final = 2
"""Characters in any other n-gram."""
_WORD: Final = re.compile(r"[^\W_]+")


def grams(text: str) -> frozenset[str]:
    """The n-grams of a text, independent of its spelling."""
    return frozenset(
        run[start : start + width]
        for run, width in _runs(normal(text))
        for start in range(len(run) - width + 1)
    )


def terms(text: str) -> tuple[str, ...]:
    """The normalised words of a query, all of which must match, each once."""
    return tuple(dict.fromkeys(normal(text).split()))


def _runs(text: str) -> Iterator[tuple[str, int]]:
    """Runs of one script within a word, each with the width of its n-grams."""
    for word in _WORD.findall(text):
        for is_narrow, run in groupby(word, str.isascii):
            yield "".join(run), NARROW if is_narrow else WIDE
