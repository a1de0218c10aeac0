"""Our own labelled letters are complete, bounded, invented, and unlike the development letters."""

import re
from collections import Counter
from typing import get_args

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


def test_letters_have_the_fields_and_labels_of_the_development_letters() -> None:
    known = {
        "category": get_args(Category),
        "lang": get_args(Language),
        "triage": get_args(TriageClass),
        "city": (*BUREAUS, None),
        "police_type": (*get_args(PoliceType), None),
    }
    for letter in LETTERS:
        assert set(letter) == FIELDS, letter["id"]
        assert set(letter["tags"]) <= TAGS, letter["id"]
        for field, codes in known.items():
            assert letter[field] in codes, letter["id"]
        assert (letter["police_type"] is None) == (letter["triage"] == "not_police"), letter["id"]
        assert letter["police_type"] == "command" or letter["triage"] != "emergency", letter["id"]


def test_letters_are_bounded_and_have_nothing_personal() -> None:
    for letter in LETTERS:
        assert 2 <= len(letter["subject"]) <= 60, letter["id"]
        assert 30 <= len(letter["body"]) <= 1200, letter["id"]
        assert not letter["pii"], letter["id"]
        assert not PERSONAL.search(letter["body"]), letter["id"]


def test_both_halves_have_as_many_of_each_class() -> None:
    odd, even = (
        Counter(letter["triage"] for letter in half(LETTERS, is_even=is_even))
        for is_even in (False, True)
    )
    assert odd == even
    assert odd == {"emergency": 21, "crime_report": 15, "not_police": 15, "accept": 49}


def test_no_letter_repeats_a_development_letter() -> None:
    theirs, ours = (
        {letter["body"][n : n + 30] for letter in letters for n in range(len(letter["body"]) - 29)}
        for letters in (labelled(DEVELOPMENT), LETTERS)
    )
    assert ours
    assert not ours & theirs
