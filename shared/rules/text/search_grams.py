"""Into which pieces does a text fall, so that it is found by what somebody types? Pure.

Two characters in a row where words are written without blanks, three letters or digits in a row
where they aren't. Pieces of one word only: what a blank or a mark of punctuation parts is not one.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from shared.rules.text.normalise import normal

NARROW: Final = 3
"""Letters and digits in a piece."""
WIDE: Final = 2
"""Characters in any other piece."""
_WORD: Final = re.compile(r"[^\W_]+")


def grams(text: str) -> frozenset[str]:
    """The pieces of a text, in whatever spelling it is written."""
    return frozenset(
        run[start : start + width]
        for run, width in _runs(normal(text))
        for start in range(len(run) - width + 1)
    )


def terms(text: str) -> tuple[str, ...]:
    """What somebody types, as the words that must all be met: each once, in one spelling."""
    return tuple(dict.fromkeys(normal(text).split()))


def _runs(text: str) -> Iterator[tuple[str, int]]:
    """Stretches of one script within a word, each with the width of its pieces."""
    for word in _WORD.findall(text):
        for is_narrow, run in groupby(word, str.isascii):
            yield "".join(run), NARROW if is_narrow else WIDE
