"""What does the wording of a text speak for, and is a bad table of pieces refused?"""

from typing import Any

import pytest

from shared.kernel.errors import BadData
from shared.rules.cards import CARDS, cards
from shared.rules.pieces import Pieces, pieces

TABLE: dict[str, Any] = {
    "emergency": {"40": "血 救命", "-20": "请 is"},
    "crime_report": {"30": "没报 stolen"},
    "not_police": {"-10": "血"},
}
OURS = Pieces.of(TABLE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", (0, 0, 0)),
        ("天晴", (0, 0, 0)),
        ("流血", (8, 0, -2)),
        ("救命", (8, 0, 0)),
        ("救他的命", (0, 0, 0)),
        ("没报", (0, 6, 0)),
        ("血,请", (4, 0, -2)),
        ("血血血", (8, 0, -2)),
        ("it was stolen", (0, 6, 0)),
        ("this", (0, 0, 0)),
        ("is", (-4, 0, 0)),
    ],
)
def test_points_of_different_pieces_add_up_over_the_root_of_their_number(
    text: str, said: tuple[int, int, int]
) -> None:
    assert OURS.says(text) == dict(zip(CARDS, said, strict=True))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"accept": {}}, "accept is not known"),
        ({"not_police": None}, "triage_pieces.not_police: a mapping"),
        ({"not_police": {"many": "血"}}, "triage_pieces.not_police: many is no whole number"),
        ({"not_police": {"3": ["血"]}}, "triage_pieces.not_police.3"),
    ],
)
def test_a_fault_in_a_table_is_named(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadData, match=fault):
        Pieces.of(TABLE | change)


def test_in_a_long_text_each_piece_says_less() -> None:
    letters = [chr(ord("一") + number) for number in range(100)]
    many = Pieces.of({"emergency": {"7": " ".join(letters)}, "crime_report": {}, "not_police": {}})
    assert many.says("".join(letters)) == {"emergency": 70, "crime_report": 0, "not_police": 0}


def test_no_piece_makes_an_emergency_by_itself() -> None:
    loudest = max(pieces().says(one)["emergency"] for one in pieces().points)
    card = cards()["emergency"]
    assert 0 < loudest < card.stop - card.base
    assert len(pieces().wide) > 1000
    assert len(pieces().words) > 100
