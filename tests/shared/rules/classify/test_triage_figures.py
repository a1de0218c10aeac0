"""The quality of the rules, on letters that they were tuned on and on others."""

from collections import Counter
from collections.abc import Sequence

import pytest

from shared.rules.classify.triage import triaged
from shared.rules.text.written import Written
from tests.support.labelled import DEVELOPMENT, OWN, Label, half, labelled

BLIND = labelled(OWN.with_name("letters_blind.jsonl"))
"""By people who had not seen the rules; cues were added because of odd ids, never of even ones."""
STRANGE = labelled(OWN.with_name("letters_unseen.jsonl"))
"""By two further authors: 55, 44, 49 and 292 of each class; nothing is tuned on them."""
FLOORS = {
    False: {"emergency": 46, "crime_report": 35, "not_police": 36, "accept": 86},
    True: {"emergency": 43, "crime_report": 34, "not_police": 36, "accept": 84},
}
"""Right of each class, at least: of 47, 36, 37 and 90, and of 47, 35, 38 and 90 held out."""
MOST = {False: (0, 1), True: (2, 2)}
"""Emergencies that are silent, and others that are stopped, at most."""
LETTERS = {
    "development": labelled(DEVELOPMENT),
    "tuned on": half(labelled(OWN), is_even=False),
    "held out": half(labelled(OWN), is_even=True),
}
ENOUGH = 0.9
"""Least share of each class."""
ALARMS = 3 / 210
"""Other letters that are stopped as emergencies, at most."""


@pytest.mark.parametrize("letters", LETTERS.values(), ids=LETTERS)
def test_no_emergency_is_silent_and_few_others_are_stopped(letters: Sequence[Label]) -> None:
    said = [(one["triage"], triaged(Written(one["subject"], one["body"]))) for one in letters]
    silent = sum(label == "emergency" and not front.threshold for label, front in said)
    alarms = sum(label != "emergency" and front.threshold == "stop" for label, front in said)
    assert silent == 0
    assert alarms <= max(1, ALARMS * len(letters))


def test_letters_of_other_matters_in_other_words_are_read_as_well_as_written_down() -> None:
    said = [(one["triage"], triaged(Written(one["subject"], one["body"]))) for one in STRANGE]
    right = Counter(label for label, front in said if front.class_ == label)
    assert right["emergency"] >= 49
    assert right["crime_report"] >= 42
    assert right["not_police"] >= 37
    assert right["accept"] >= 264
    assert sum(label == "emergency" and not front.threshold for label, front in said) <= 1
    assert sum(label != "emergency" and front.threshold == "stop" for label, front in said) <= 6
    assert sum(label != "emergency" and front.threshold == "ask" for label, front in said) <= 40


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


@pytest.mark.parametrize("is_even", [False, True], ids=["blind, tuned on", "blind, held out"])
def test_letters_of_people_who_never_saw_the_rules_are_read_as_well_as_written_down(
    is_even: bool,
) -> None:
    letters = half(BLIND, is_even=is_even)
    assert len(letters) == 210
    said = [(one["triage"], triaged(Written(one["subject"], one["body"]))) for one in letters]
    right = Counter(label for label, front in said if front.class_ == label)
    silent = sum(label == "emergency" and not front.threshold for label, front in said)
    alarms = sum(label != "emergency" and front.threshold == "stop" for label, front in said)
    assert {name for name, least in FLOORS[is_even].items() if right[name] < least} == set()
    assert (silent <= MOST[is_even][0], alarms <= MOST[is_even][1]) == (True, True)
