"""Fitted weights separate the categories, with figures, and are written as the rules read them."""

import json
from pathlib import Path

import pytest
import yaml

from shared.rules.classify.category import ALWAYS, CATEGORIES, WEIGHTS, weights_of
from tools.train import category
from tools.train.category import (
    LETTERS,
    Example,
    crossed,
    fitted,
    halves,
    is_flat,
    main,
    right,
    slopes,
)

MADE = [Example({ALWAYS: 1, f"sign.{place % 2}": 1}, place % 2) for place in range(40)]
ROUNDED = 0.8
"""How many letters off the top weights of three decimals may be."""
ROW = {"subject": "投诉", "body": "态度恶劣，没人管。", "triage": "accept", "category": "complaint"}


def test_signs_that_go_with_a_kind_come_to_speak_for_it() -> None:
    weights = fitted(MADE)
    assert right(MADE, weights) == 1
    assert weights["sign.1"][1] > 0 > weights["sign.1"][0]


def test_figures_are_of_letters_that_were_not_fitted_to() -> None:
    assert crossed(MADE) == 1
    odd = [Example({ALWAYS: 1, f"own.{place}": 1}, place % 2) for place in range(40)]
    assert right(odd, fitted(odd)) == 1
    assert crossed(odd) < 0.7, "a sign of one letter tells nothing of another"


def test_even_letters_of_own_files_are_only_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(category, "OUT", tmp_path / "weights.yaml")
    monkeypatch.setattr(category, "STEPS", 3)
    file = tmp_path / "letters_own.jsonl"
    rows = [ROW | {"id": f"own-{number:03d}"} for number in range(1, 25)]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    assert main([str(file)]) == 0
    told = capsys.readouterr().out
    assert "12 letters fitted to: 100.0%" in told
    assert "crossed: 100.0%" in told
    assert "letters_own.jsonl: 12 unseen: 100.0%" in told
    assert not (tmp_path / "weights.yaml").exists()


def test_what_is_written_is_what_the_rules_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "weights.yaml"
    monkeypatch.setattr(category, "OUT", out)
    monkeypatch.setattr(category, "STEPS", 3)
    file = tmp_path / "letters.jsonl"
    file.write_text(f"{json.dumps(ROW | {'id': 'dev-002'})}\n" * 12, "utf-8")
    assert main([str(file), "--write"]) == 0
    weights = weights_of(yaml.safe_load(out.read_text("utf-8")))
    assert {len(row) for row in weights.values()} == {len(CATEGORIES)}
    assert weights[ALWAYS][CATEGORIES.index("complaint")] > 0


def test_the_shipped_weights_are_those_that_the_named_letters_give() -> None:
    seen = [one for file in LETTERS for one in halves(file)[0]]
    shipped = {sign: list(row) for sign, row in WEIGHTS.items()}
    signs = {sign for one in seen for sign in one.signs}
    assert shipped.keys() == signs, "python -m tools.train.category --write"
    assert is_flat(slopes(seen, shipped), ROUNDED), "python -m tools.train.category --write"


def test_weights_of_other_letters_are_not_taken_for_these() -> None:
    seen = [one for file in LETTERS for one in halves(file)[0]]
    shipped = {sign: list(row) for sign, row in WEIGHTS.items()}
    assert not is_flat(slopes(seen[::2], shipped), ROUNDED)
    shipped["questions"][0] += 0.02
    assert not is_flat(slopes(seen, shipped), ROUNDED)


def test_what_a_class_decides_is_not_fitted_to(tmp_path: Path) -> None:
    file = tmp_path / "letters.jsonl"
    rows = [ROW | {"id": "dev-001", "triage": triage} for triage in ("emergency", "crime_report")]
    file.write_text(
        "".join(f"{json.dumps(row)}\n" for row in [*rows, ROW | {"id": "dev-002"}]), "utf-8"
    )
    assert len(halves(file)[0]) == 1
