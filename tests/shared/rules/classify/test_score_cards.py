"""Scores of a letter's features, and bad score cards."""

from typing import Any

import pytest

from shared.kernel.errors import BadData
from shared.rules.classify.score_cards import Card, cards

CARD: dict[str, Any] = {"base": -30, "stop": -10, "ask": -20, "points": {"fire": 15, "past": -5}}


@pytest.mark.parametrize(
    ("marks", "score"),
    [((), -30), (("fire",), -15), (("fire", "past"), -20), (("unheard-of",), -30)],
)
def test_points_of_marks_add_up(marks: tuple[str, ...], score: int) -> None:
    assert Card.of(CARD, "x").score(frozenset(marks)) == score


def test_a_card_that_asks_nobody_asks_from_where_it_stops() -> None:
    assert Card.of(CARD, "x").asks_from == -10
    assert Card.of({key: CARD[key] for key in CARD if key != "ask"}, "x").asks_from == 0


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"ask": -5}, "x.ask: at most `stop`"),
        ({"stop": None}, "x.stop: a whole number"),
        ({"base": True}, "x.base: a whole number"),
        ({"points": {"fire": 1.5}}, "x.points.fire: a whole number"),
        ({"points": []}, "x.points: a mapping"),
        ({"worth": {}}, "x: worth is not known"),
    ],
)
def test_a_fault_in_a_card_is_named(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadData, match=fault):
        Card.of(CARD | change, "x")


def test_only_an_emergency_is_asked_about() -> None:
    assert {name for name, card in cards().items() if card.asks_from} == {"emergency"}
