"""The tool finds the scores, and the shipped ones are those that it finds."""

import pytest
import yaml

from shared.platform.runtime.data_files import FOLDER
from tools.train.weights import examples, main, points

PLAIN: frozenset[str] = frozenset()
FIRE = frozenset({"fire"})


def test_the_shipped_points_are_those_that_the_tool_finds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main() == 0
    found = yaml.safe_load(capsys.readouterr().out)
    shipped = yaml.safe_load((FOLDER / "triage_cards.yaml").read_text("utf-8"))
    assert found
    assert found == {
        name: {"base": card["base"], "points": card["points"]} for name, card in shipped.items()
    }


def test_what_only_stands_in_letters_of_a_class_speaks_for_it_and_more_letters_say_it_louder() -> (
    None
):
    few = [(FIRE, True)] * 4 + [(PLAIN, False)] * 8
    base, found = points(few)
    assert base < 0 < found["fire"]
    assert points(few * 5)[1]["fire"] > found["fire"]


def test_what_stands_in_all_letters_alike_weighs_nothing() -> None:
    alike = [(FIRE, True), (PLAIN, True), (FIRE, False), (PLAIN, False)] * 10
    assert points(alike) == (0, {})


def test_emergencies_are_no_examples_for_the_other_cards() -> None:
    rows = [
        {"subject": "a", "body": "b", "triage": "emergency"},
        {"subject": "a", "body": "b", "triage": "not_police"},
    ]
    assert [is_one for _, is_one in examples(rows, "emergency")] == [True, False]
    assert [is_one for _, is_one in examples(rows, "not_police")] == [True]
