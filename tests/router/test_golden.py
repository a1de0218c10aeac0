"""Recorded lives of letters still fold to their recorded states."""

import json
from pathlib import Path

import pytest

from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.topics import PROGRESS
from tests.router.golden import GOLDEN, STORIES, left, read

FILES = sorted(GOLDEN.glob("letter-*.jsonl"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_life_leaves_behind_what_it_did(file: Path) -> None:
    facts, wanted = read(file)
    assert json.loads(json.dumps(left(facts))) == wanted


def test_every_story_is_kept_and_facts_of_the_first_contracts_too() -> None:
    kept = {file.stem.removeprefix("letter-") for file in FILES}
    assert kept == STORIES.keys() | {"first-contracts"}


def test_facts_of_the_first_contracts_say_less_and_are_read() -> None:
    lines = (GOLDEN / "letter-first-contracts.jsonl").read_text("utf-8").splitlines()[:-1]
    said = [json.loads(line)["data"] for line in lines]
    assert len(said) > 5
    assert not any("at" in one for one in said)
    assert not any("counted_from" in clock for one in said for clock in one["clocks"])


def test_most_facts_have_their_place_in_a_kept_life() -> None:
    told = {type(fact) for file in FILES for fact in read(file)[0]}
    assert len(told & ON_TOPIC[PROGRESS.name]) >= 30
