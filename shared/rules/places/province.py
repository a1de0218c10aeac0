"""Whether a letter concerns the whole province or its department."""

import re
from dataclasses import dataclass
from typing import Final

from shared.kernel import plain
from shared.rules.places.gazetteer import CUES
from shared.rules.text.normalise import normal

ENOUGH_CITY: Final = 2.4
"""A city of this weight is where it happened, whatever is said about the province."""


@dataclass(frozen=True, slots=True)
class Provincial:
    """The kind of words found, and the confidence."""

    code: str
    confidence: float


def _any(*keys: str) -> re.Pattern[str]:
    cues = plain.a_map(CUES.get("province"), "place_cues.yaml: province")
    texts = (plain.texts(cues.get(key), f"place_cues.yaml: province.{key}") for key in keys)
    return re.compile("|".join(re.escape(normal(text)) for some in texts for text in some))


_KEYS: Final = ("said", "decided", "implied", "dialects")
_ANY: Final = _any(*_KEYS)
_SAID, _DECIDED, _IMPLIED, _DIALECTS = map(_any, _KEYS)


def provincial(text: str, *, best: float, second: float) -> Provincial | None:
    """The provincial reading of a normal text whose best cities weigh `best` and `second`."""
    if not _ANY.search(text):
        return None
    is_open = best < ENOUGH_CITY or second > best * 0.5
    if _DECIDED.search(text) and (is_open or not best):
        return Provincial("province.decides", 0.9)
    if _SAID.search(text) and is_open:
        return Provincial("province.said", 0.8)
    if best:
        return None
    if _IMPLIED.search(text):
        return Provincial("province.implied", 0.6)
    if len(set(_DIALECTS.findall(text))) > 1:
        return Provincial("province.dialects", 0.6)
    return None
