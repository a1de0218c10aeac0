"""How good are the rules, on letters that they were tuned on and on others?"""

from collections import Counter
from collections.abc import Sequence

import pytest

from shared.rules.triage import triaged
from shared.rules.written import Written
from tests.support.labelled import DEVELOPMENT, OWN, Label, half, labelled

LETTERS = {
    "development": labelled(DEVELOPMENT),
    "tuned on": half(labelled(OWN), is_even=False),
    "held out": half(labelled(OWN), is_even=True),
}
ENOUGH = 0.9
"""Of each class, at least."""
ALARMS = 3 / 210
"""Other letters that are stopped as emergencies, at most."""


@pytest.mark.parametrize("letters", LETTERS.values(), ids=LETTERS)
def test_no_emergency_is_silent_and_few_others_are_stopped(letters: Sequence[Label]) -> None:
    said = [(one["triage"], triaged(Written(one["subject"], one["body"]))) for one in letters]
    silent = sum(label == "emergency" and not front.threshold for label, front in said)
    alarms = sum(label != "emergency" and front.threshold == "stop" for label, front in said)
    assert silent == 0
    assert alarms <= max(1, ALARMS * len(letters))


@pytest.mark.parametrize("letters", LETTERS.values(), ids=LETTERS)
def test_nine_of_ten_of_each_class_are_right(letters: Sequence[Label]) -> None:
    found, right = Counter[str](), Counter[str]()
    for one in letters:
        found[one["triage"]] += 1
        right[one["triage"]] += (
            triaged(Written(one["subject"], one["body"])).class_ == one["triage"]
        )
    assert len(found) == 4
    assert {name for name, count in found.items() if right[name] < ENOUGH * count} == set()
