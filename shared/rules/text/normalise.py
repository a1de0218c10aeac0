"""How are different spellings of one text made one? Widths, case and traditional characters. Pure.

Character by character, so that a place in the result is the same place in what was written.
"""

import re
from collections.abc import Iterator, Mapping
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
HAN_BEGINS: Final = 0x4E00
HAN_ENDS: Final = 0x9FFF
"""Code points of the unified characters, of which none has another normal form in Unicode."""


def normal(text: str) -> str:
    """The same text as NFKC, in lower case and simplified characters; as long as it was.

    A character stays itself where its normal form would be several (such as ½ or ß).
    """
    return _OTHERS.sub(_formed, text)


def _formed(others: re.Match[str]) -> str:
    return others[0].translate(_FORMS)


class _Forms(dict[int, str]):
    """The normal form of each character that was ever asked for: as many as there are at most."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = normalize("NFKC", char).casefold()
        self[code] = SIMPLIFIED.get(folded, folded) if len(folded) == 1 else char
        return self[code]


_FORMS: Final = _Forms()


def _settled() -> Iterator[str]:
    """Ranges of characters that are their own form, as a class of a regular expression has them."""
    yield from (r"\x00-@", r"\[-\x7f", "、。“”")
    start = HAN_BEGINS
    for place in sorted(place for place in map(ord, SIMPLIFIED) if HAN_BEGINS <= place <= HAN_ENDS):
        if start < place:
            yield f"{chr(start)}-{chr(place - 1)}"
        start = place + 1
    yield f"{chr(start)}-{chr(HAN_ENDS)}"


_OTHERS: Final = re.compile(f"[^{''.join(_settled())}]+")
