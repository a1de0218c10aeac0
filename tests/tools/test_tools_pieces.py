"""Does the tool find the points of pieces, and are the shipped ones those that it finds?"""

import pytest

from shared.platform.datafiles import FOLDER
from tools.pieces import fitted, known, main


def test_the_shipped_table_is_the_one_that_the_tool_makes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main() == 0
    assert capsys.readouterr().out == (FOLDER / "triage_pieces.yaml").read_text("utf-8")


def test_a_piece_must_stand_in_several_letters_of_several_hands() -> None:
    both, one = frozenset({"both", "one"}), frozenset({"one"})
    assert known([("a", both), ("a", both), ("b", frozenset({"both"}))]) == {"both"}
    assert known([("a", one), ("b", one)]) == frozenset()


def test_what_stands_in_letters_of_a_class_speaks_for_it_and_what_stands_in_all_for_nothing() -> (
    None
):
    weights = fitted([(("fire", "the"), True), (("road", "the"), False)] * 10)
    assert weights["fire"] > 1
    assert weights["road"] < -1
    assert abs(weights["the"]) < 0.1
