"""Does a letter complain of somebody in the police, and at which level? Pure.

Words only make a person look: whom a letter is about keeps a bureau from seeing it, so that stands
in a fact only once the writer or a person says so.
"""

import re
from typing import Final, Literal, TypeAlias

from shared.contracts.vocabulary import Category, PoliceType
from shared.rules.answers import Reading

Level: TypeAlias = Literal["station", "bureau"]

SURE: Final = 0.55
COMPLAINS: Final[frozenset[Category | None]] = frozenset({"complaint", "report"})
BUREAU: Final = re.compile("市局|市公安局|局领导|市级公安|市里的督察|municipal bureau|city bureau")
"""Above a station and a county's branch: what goes wrong there is the province's to look into."""


def complained_level(
    text: str, *, line: Reading[PoliceType], kinds: tuple[Category | None, ...]
) -> Level | None:
    """The level of whom a normal text complains; None: it complains of nobody in the police.

    `kinds`: what its writer chose, and what its words say; one of them complaining is enough.
    """
    if line.value != "inspection" or line.confidence < SURE or not COMPLAINS.intersection(kinds):
        return None
    return "bureau" if BUREAU.search(text) else "station"
