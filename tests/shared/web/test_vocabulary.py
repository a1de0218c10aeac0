"""Every code of the vocabulary has a name in both languages, and no name is left over."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from services.router.domain.file_states import FileState
from services.router.domain.letter import RemarkKind
from shared.contracts import slugs, vocabulary
from shared.contracts.keys_v1 import HOLDERS
from shared.rules.tables import table
from shared.web.vocabulary import NAMES, choices, label

TYPES = {
    name: alias for name, alias in vars(vocabulary).items() if get_args(alias) and name[0].isupper()
}
OTHER_NAMES = {"ClockName": "clock", "LevelName": "level"}


def kind_of(name: str) -> str:
    """The kind of label for a type of the vocabulary."""
    return OTHER_NAMES.get(name) or re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


_CITIES: Any = table("cities")["bureaus"]
CODES = {kind_of(name): set(get_args(alias)) for name, alias in TYPES.items()}
CODES |= {
    "bureau": set(slugs.BUREAUS),
    "city": {"province", *slugs.CITIES},
    "district": {row["code"] for city in _CITIES for row in city.get("districts", ())},
    "file_state": set(get_args(FileState)),
    "holder": {"triage", *slugs.BUREAUS},
    "key_holder": set(HOLDERS),
    "remark_kind": set(get_args(RemarkKind)),
    "short_holder": {"triage", *slugs.BUREAUS},
}


BEYOND = {"state": {"diverted"}, "triage_reason": {"sent_back", "recalled"}}
"""Codes that no contract has: states of writers, and reasons why a letter is back in triage."""


def test_each_type_of_the_vocabulary_is_a_kind_of_label() -> None:
    assert CODES.keys() == NAMES.keys()


@pytest.mark.parametrize("kind", NAMES)
def test_each_code_has_one_name_in_each_language(kind: str) -> None:
    found = dict(choices(kind))
    assert found.keys() - BEYOND.get(kind, set()) == CODES[kind]
    for name in found.values():
        assert re.search(r"[\u4e00-\u9fff]|110", name.zh)
        assert re.fullmatch(r"[A-Z0-9][^\u4e00-\u9fff]*", name.en), name.en
    assert len({name.zh for name in found.values()}) == len(found), "names tell codes apart"
    assert len({name.en for name in found.values()}) == len(found)


def test_an_unknown_code_has_no_name() -> None:
    with pytest.raises(KeyError):
        label("state", "lost")
