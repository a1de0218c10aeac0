"""Rules are scored by their labels, and files that can't be compared are refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.scoring import Unequal, figures, main

LABEL: dict[str, Any] = {
    "id": "1",
    "triage": "accept",
    "category": "request",
    "police_type": "traffic",
    "city": "foshan",
    "pii": [{"start": 5, "end": 9, "type": "phone"}],
}


def scored(*pairs: tuple[dict[str, Any], dict[str, Any]]) -> list[str]:
    results = [LABEL | found | {"id": number} for number, (found, _) in enumerate(pairs)]
    labels = [LABEL | label | {"id": number} for number, (_, label) in enumerate(pairs)]
    return list(figures(results, labels))


def test_what_is_right_wrong_and_not_said_is_counted() -> None:
    said = scored(
        ({}, {}),
        ({"category": "thanks", "police_type": None}, {}),
        ({"category": None, "police_type": None}, {"police_type": None}),
    )
    assert "category: 1 right, 1 wrong, 1 silent" in said
    assert "police_type: 2 right, 0 wrong, 1 silent" in said


def test_a_class_is_found_or_given_wrongly() -> None:
    said = scored(
        ({"triage": "emergency"}, {"triage": "emergency"}),
        ({"triage": "emergency"}, {}),
        ({}, {"triage": "emergency"}),
        ({}, {"triage": "not_police"}),
    )
    assert "triage: 1 right, 3 wrong, 0 silent" in said
    assert "triage emergency: 1 of 2 found, 1 wrongly" in said
    assert "triage accept: 0 of 1 found, 2 wrongly" in said
    assert "triage not_police: 0 of 1 found, 0 wrongly" in said


def test_a_city_is_invented_where_it_cannot_be_told() -> None:
    said = scored(
        ({}, {}),
        ({"city": None}, {"city": None}),
        ({"city": "zhuhai"}, {}),
        ({}, {"city": None}),
        ({"city": None}, {}),
        ({"city": None}, {}),
    )
    assert "city: 1 right, 1 rightly none, 1 wrong, 1 invented, 2 silent" in said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([(5, 9, "phone")], "1 of 1 covered, 0 beyond"),
        ([(4, 10, "phone")], "1 of 1 covered, 0 beyond"),
        ([(5, 8, "phone")], "0 of 1 covered, 0 beyond"),
        ([(5, 9, "id_card")], "0 of 1 covered, 0 beyond"),
        ([(0, 5, "phone")], "0 of 1 covered, 1 beyond"),
        ([], "0 of 1 covered, 0 beyond"),
    ],
)
def test_a_personal_value_counts_when_all_of_it_is_covered_as_what_it_is(
    found: list[tuple[int, int, str]], said: str
) -> None:
    spans = [{"start": start, "end": end, "type": kind} for start, end, kind in found]
    assert f"pii phone: {said}" in scored(({"pii": spans}, {}))


def test_files_about_other_letters_are_not_compared() -> None:
    with pytest.raises(Unequal):
        list(figures([LABEL], [LABEL, LABEL | {"id": "2"}]))
    with pytest.raises(Unequal):
        list(figures([LABEL], [LABEL | {"id": "2"}]))


def test_the_command_prints_figures_or_says_why_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels, other, broken = (tmp_path / name for name in ("labels", "other", "broken"))
    labels.write_text(json.dumps(LABEL) + "\n\n", encoding="utf-8")
    other.write_text(json.dumps(LABEL | {"id": "2"}), encoding="utf-8")
    assert main([str(labels), str(labels)]) == 0
    assert capsys.readouterr().out.startswith("triage: 1 right, 0 wrong, 0 silent\n")
    assert main([str(labels), str(other)]) == 2
    assert "aren't about the same letters" in capsys.readouterr().err
    for text in ("{", "[1]", '{"id": "seeded-secret"}'):
        broken.write_text(text, encoding="utf-8")
        assert main([str(broken), str(broken)]) == 2
        assert "seeded-secret" not in capsys.readouterr().err
    assert main([str(tmp_path / "none"), str(labels)]) == 2
    assert main([]) == 2
