"""Does a letter complain of somebody in the police, and at which level? Pure.

Words only make a person look: whom a letter is about keeps a bureau from seeing it, so that stands
in a fact only once the writer or a person says so.
"""

import re
from typing import Final, Literal, TypeAlias

from shared.contracts.vocabulary import Category, PoliceType
from shared.rules.classify.police_type import weight_of_conduct

Level: TypeAlias = Literal["station", "bureau"]

ENOUGH: Final = 10.0
"""So much said of police conduct makes a complaint one about it, whatever else it is for, and a
letter about conduct a complaint, though it only asks.
"""
COMPLAINS: Final[frozenset[Category | None]] = frozenset({"complaint", "report"})
ASKS: Final[frozenset[Category | None]] = frozenset({"inquiry", "request"})
BUREAU: Final = re.compile("市局|市公安局|局领导|市级公安|市里的督察|municipal bureau|city bureau")
"""Above a station and a county's branch: what goes wrong there is the province's to look into."""


def complained_level(
    text: str, *, subject_ends: int, line: PoliceType | None, kinds: tuple[Category | None, ...]
) -> Level | None:
    """The level of whom a normal text complains; None: it complains of nobody in the police.

    The text's subject is its first `subject_ends` code points; `line` is its line of work, and
    `kinds`: what its writer chose, and what its words say; one of them complaining is enough.
    """
    complains, is_its_line = not COMPLAINS.isdisjoint(kinds), line == "inspection"
    if not complains and (not is_its_line or ASKS.isdisjoint(kinds)):
        return None
    is_plain = complains and is_its_line
    if not is_plain and weight_of_conduct(text, subject_ends=subject_ends) < ENOUGH:
        return None
    return "bureau" if BUREAU.search(text) else "station"
