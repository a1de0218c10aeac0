"""Scores of n-grams are computed from letters, the same each time."""

import csv
from pathlib import Path
from typing import Any

import pytest

from shared.platform.runtime.data_files import FOLDER
from tools.train import ngrams
from tools.train.ngrams import fitted, known, main


def _letters() -> list[dict[str, Any]]:
    """Of three authors each: questions with 吗, and thanks with 谢."""
    said = {"inquiry": "要带证件吗", "thanks": "谢谢民警同志"}
    return [
        {
            "id": f"{hand}-{number:03}",
            "subject": f"{number}",
            "body": body,
            "category": category,
            "police_type": "household",
            "triage": "accept",
        }
        for hand in ("a", "b", "c")
        for number, (category, body) in enumerate(list(said.items()) * 4)
    ]


def test_a_piece_must_stand_in_letters_of_several_hands() -> None:
    rows = [("a", {"x", "y"}), ("a", {"x"}), ("a", {"x"}), ("b", {"y"})]
    assert known(rows, fewest=2) == {"y"}
    assert known(rows, fewest=3) == frozenset()


def test_what_stands_only_in_letters_of_a_class_speaks_for_it() -> None:
    base, weights = fitted([(["x", "z"], True), (["y", "z"], False)] * 20)
    assert weights["x"] > 1 > -1 > weights["y"]
    assert abs(weights["z"]) < 0.1
    assert abs(base) < 0.1


def test_the_table_of_a_question_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ngrams, "OUT", tmp_path)
    monkeypatch.setattr(ngrams, "letters", lambda _: _letters())
    assert main(["category"]) == 0
    written = (tmp_path / "category.csv").read_text("utf-8")
    rows = {row["piece"]: row for row in csv.DictReader(written.splitlines())}
    assert int(rows["吗"]["inquiry"]) > 0 > int(rows["吗"]["thanks"])
    assert "" in rows
    assert capsys.readouterr().out == f"category: {len(rows)} pieces\n"
    main(["category"])
    assert (tmp_path / "category.csv").read_text("utf-8") == written


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("question", ngrams.QUESTIONS)
def test_the_shipped_tables_are_those_that_the_tool_finds(
    question: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ngrams, "OUT", tmp_path)
    main([question])
    found = (tmp_path / f"{question}.csv").read_text("utf-8")
    assert found == (FOLDER / "pieces" / f"{question}.csv").read_text("utf-8")


def test_a_question_that_nobody_asks_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["weather"])
    assert "invalid choice: 'weather'" in capsys.readouterr().err
