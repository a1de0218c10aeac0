"""Whether a letter complains of somebody in the police, and at which level.

Words only make a person look: the subject of a complaint keeps a bureau from seeing the letter, so
it is recorded as a fact only once the writer or a person confirms it.
"""

import re
from typing import Final, Literal, TypeAlias

from shared.contracts.vocabulary import Category, PoliceType
from shared.rules.classify.police_type import weight_of_conduct

Level: TypeAlias = Literal["station", "bureau"]

ENOUGH: Final = 10.0
"""From this weight of police conduct, a complaint is about conduct whatever else it is for, and a
letter about conduct is a complaint even if it only asks."""
COMPLAINS: Final[frozenset[Category | None]] = frozenset({"complaint", "report"})
ASKS: Final[frozenset[Category | None]] = frozenset({"inquiry", "request"})
BUREAU: Final = re.compile("市局|市公安局|局领导|市级公安|市里的督察|municipal bureau|city bureau")
"""Above a station and a county's branch: such complaints are for the province."""


def complained_level(
    text: str, *, subject_ends: int, line: PoliceType | None, kinds: tuple[Category | None, ...]
) -> Level | None:
    """The level of the subject of complaint in a normal text; None: no police complaint.

    The text's subject is its first `subject_ends` code points; `line` is its line of work. `kinds`:
    the category chosen by the writer, and the one read from the words; one of them complaining
    suffices.
    """
    complains, is_its_line = not COMPLAINS.isdisjoint(kinds), line == "inspection"
    if not complains and (not is_its_line or ASKS.isdisjoint(kinds)):
        return None
    is_plain = complains and is_its_line
    if not is_plain and weight_of_conduct(text, subject_ends=subject_ends) < ENOUGH:
        return None
    return "bureau" if BUREAU.search(text) else "station"
