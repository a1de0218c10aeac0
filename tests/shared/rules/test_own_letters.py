"""Are our own labelled letters whole, bounded, invented, and unlike the development letters?"""

import re
from collections import Counter
from typing import get_args

import pytest

from shared.contracts.slugs import BUREAUS
from shared.contracts.vocabulary import Category, Language, PoliceType, TriageClass
from tests.support.labelled import DEVELOPMENT, OWN, half, labelled

LETTERS = labelled(OWN)
FIELDS = set(labelled(DEVELOPMENT)[0])
TAGS = {tag for letter in labelled(DEVELOPMENT) for tag in letter["tags"]}
PERSONAL = re.compile(r"[0-9]{7}|@|粤[A-Z]|[0-9]号[0-9]+")


def test_there_are_two_hundred_and_none_stands_twice() -> None:
    assert [letter["id"] for letter in LETTERS] == [f"own-{n:03d}" for n in range(1, 201)]
    assert len({letter["body"] for letter in LETTERS}) == len(LETTERS)
    assert len({letter["subject"] for letter in LETTERS}) == len(LETTERS)


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter["id"])
def test_a_letter_has_the_fields_and_labels_of_the_development_letters(
    letter: dict[str, object],
) -> None:
    assert set(letter) == FIELDS
    assert letter["category"] in get_args(Category)
    assert letter["lang"] in get_args(Language)
    assert letter["triage"] in get_args(TriageClass)
    assert letter["city"] in (*BUREAUS, None)
    assert (letter["police_type"] is None) == (letter["triage"] == "not_police")
    assert letter["police_type"] in (*get_args(PoliceType), None)
    assert (letter["police_type"] == "command") or letter["triage"] != "emergency"
    assert isinstance(tags := letter["tags"], list)
    assert set(tags) <= TAGS


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter["id"])
def test_a_letter_is_bounded_and_has_nothing_personal(letter: dict[str, str]) -> None:
    assert 2 <= len(letter["subject"]) <= 60
    assert 30 <= len(letter["body"]) <= 1200
    assert not letter["pii"]
    assert not PERSONAL.search(letter["body"])


def test_both_halves_have_as_many_of_each_class() -> None:
    odd, even = (
        Counter(letter["triage"] for letter in half(LETTERS, is_even=is_even))
        for is_even in (False, True)
    )
    assert odd == even
    assert odd == {"emergency": 21, "crime_report": 15, "not_police": 15, "accept": 49}


def test_no_letter_repeats_a_development_letter() -> None:
    theirs, ours = (
        {letter["body"][n : n + 24] for letter in letters for n in range(len(letter["body"]) - 23)}
        for letters in (labelled(DEVELOPMENT), LETTERS)
    )
    assert ours
    assert not ours & theirs
