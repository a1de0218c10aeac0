"""Normal form of texts: width, case and traditional characters.

Works character by character, so that positions in the result are positions in the original.
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
"""Traditional characters with their simplified forms, one each."""
HAN_BEGINS: Final = 0x4E00
HAN_ENDS: Final = 0x9FFF
"""Code points of the unified ideographs, none of which has another normal form in Unicode."""


def normal(text: str) -> str:
    """Convert to NFKC, lower case and simplified characters, keeping the length.

    A character whose normal form would be several characters (such as ½ or ß) stays unchanged.
    """
    # Most characters with another form are this comma.
    return _OTHERS.sub(_formed, text.replace("，", ","))


def _formed(others: re.Match[str]) -> str:
    return others[0].translate(_FORMS)


class _Forms(dict[int, str]):
    """The normal form of each character looked up so far; bounded by Unicode."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = normalize("NFKC", char).casefold()
        self[code] = SIMPLIFIED.get(folded, folded) if len(folded) == 1 else char
        return self[code]


_FORMS: Final = _Forms()


def _settled() -> Iterator[str]:
    """Ranges of characters that are their own form, for a regular expression's class."""
    yield from (r"\x00-@", r"\[-\x7f", "、。“”")
    start = HAN_BEGINS
    for place in sorted(place for place in map(ord, SIMPLIFIED) if HAN_BEGINS <= place <= HAN_ENDS):
        if start < place:
            yield f"{chr(start)}-{chr(place - 1)}"
        start = place + 1
    yield f"{chr(start)}-{chr(HAN_ENDS)}"


_OTHERS: Final = re.compile(f"[^{''.join(_settled())}]+")
