"""How are different spellings of one text made one? Widths, case and traditional characters. Pure.

Character by character, so that a place in the result is the same place in what was written.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from unicodedata import normalize

from shared.kernel import plain
from shared.rules.tables import table


def _simplified() -> Mapping[str, str]:
    pairs = plain.texts(table("traditional").get("pairs"), "traditional.yaml: pairs")
    return MappingProxyType({pair[0]: pair[1] for line in pairs for pair in line.split()})


SIMPLIFIED: Final = _simplified()
"""Traditional characters and their simplified ones, one each."""


def normal(text: str) -> str:
    """The same text as NFKC, in lower case and simplified characters; as long as it was.

    A character stays itself where its normal form would be several (such as ½ or ß).
    """
    return text.translate(_FORMS)


class _Forms(dict[int, str]):
    """The normal form of each character that was ever asked for: as many as there are at most."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = normalize("NFKC", char).casefold()
        self[code] = SIMPLIFIED.get(folded, folded) if len(folded) == 1 else char
        return self[code]


_FORMS: Final = _Forms()
