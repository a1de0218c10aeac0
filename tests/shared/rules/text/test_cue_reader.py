"""Cues are found in a text, however it is written, with the time of which each speaks."""

from collections import Counter
from collections.abc import Mapping

import pytest

from shared.kernel.errors import BadData
from shared.rules.text.cue_reader import Found, read, text_of, weight_of
from shared.rules.text.cues import MOST, NEVER, cues_of, vocabulary

LONGEST = 10_000
FULLEST = 112
"""Most cues that begin with the same two characters, which are all tried at one position."""


def found(body: str) -> list[Found]:
    """The cues of a letter without a subject."""
    return [*read(text_of("", body))]


def dangers(body: str) -> set[tuple[str, str | None, bool]]:
    """Families of danger, each with its time, and whether it is denied."""
    return {
        (one.cue.code.removeprefix("danger."), one.time, one.is_denied)
        for one in found(body)
        if one.cue.code.startswith("danger.")
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("厨房着火了", {("fire", None, False)}),
        ("厨房着 火 了", {("fire", None, False)}),
        ("厨房着/火/了", {("fire", None, False)}),
        ("厨房着\u200b火了", {("fire", None, False)}),
        ("廚房著火了", {("fire", None, False)}),
        ("现在厨房着火了", {("fire", "now", False)}),
        ("去年厨房着火了", {("fire", "past", False)}),
        ("昨晚厨房着火了", {("fire", "lately", False)}),
        ("如果厨房着火了", {("fire", "if", False)}),
        ("厨房没有着火", {("fire", None, True)}),
        ("去年搬来，厨房着火了", {("fire", "past", False)}),
        ("去年搬来，现在厨房着火了", {("fire", "now", False)}),
        ("如果停电，厨房着火了", {("fire", "if", False)}),
        ("如果停电怎么办？厨房着火了", {("fire", None, False)}),
        ("The kitchen is ON FIRE", {("fire", None, False)}),
        ("Ｔｈｅ kitchen is on fire", {("fire", None, False)}),
        ("The kitchen is not on fire", {("fire", None, True)}),
        ("He won’t let me leave", {("confined", None, False)}),
        ("中山火炬开发区", set()),
        ("", set()),
        ("。。。！？", set()),
    ],
)
def test_a_cue_is_found_with_its_time(body: str, said: set[tuple[str, str | None, bool]]) -> None:
    assert dangers(body) == said


@pytest.mark.parametrize(
    ("body", "is_there"),
    [
        ("the axe", True), ("axes", False), ("taxed", False), ("relaxed", False),
        ("strangled", True), ("unstrangled", False),
    ],
)  # fmt: skip
def test_a_latin_cue_is_a_word_of_its_own(body: str, is_there: bool) -> None:
    assert bool(dangers(body)) is is_there


@pytest.mark.parametrize(
    ("body", "is_there"),
    [
        ("抢他的方向盘", True),
        ("抢方向盘", True),
        ("抢。方向盘", False),
        ("抢" + "的" * 11 + "方向盘", False),
        ("方向盘抢", False),
    ],
)
def test_both_parts_of_a_cue_stand_near_in_one_sentence_and_in_order(
    body: str, is_there: bool
) -> None:
    assert ("violence", None, False) in dangers(body) or not is_there
    assert is_there or ("violence", None, False) not in dangers(body)


def test_a_cue_is_told_once_for_each_time_however_often_it_stands_there() -> None:
    once = [(one.cue.code, one.time) for one in found("着火" + "，着火" * 3_000)]
    assert once == [("danger.fire", None)]


@pytest.mark.parametrize(
    "text",
    [
        "着火" * 5_000,
        "如果" * 5_000,
        "没" * LONGEST,
        "。" * LONGEST,
        "he is the " * 1_000,
        "救 " * 5_000,
    ],
    ids=lambda text: text[:2],
)
def test_the_longest_text_is_read_at_a_bounded_cost(text: str) -> None:
    """At each position only cues that begin with its characters are tried, each once."""
    told = found(text)
    assert len(told) <= 3 * FULLEST
    assert max(map(len, vocabulary().firsts)) <= FULLEST


def test_a_part_that_is_repeated_is_told_so_often_and_hides_nothing_behind_it() -> None:
    text = text_of("", "着火" * 4_000 + "，不让我走")
    firsts = vocabulary().firsts
    matches = vocabulary().standing_in(text)
    places = Counter(cue.text for pattern, _, _ in matches for cue in firsts[pattern])
    assert places["着火"] == MOST
    assert "confined" in {family for family, _, _ in dangers(text)}


def test_a_letter_weighs_its_han_characters_and_a_third_of_the_others() -> None:
    assert weight_of("着火 now!") == 2 + 5 // 3


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"code": "a", "word": "b"}, r"x: cues\[0\]: word is not known"),
        ({"words": "b"}, r"x: cues\[0\].code: a text is needed"),
        ({"code": "a", "words": ["b"]}, r"x: cues\[0\].words: a text is needed"),
    ],
)
def test_a_fault_in_a_table_of_cues_is_named(row: Mapping[str, object], fault: str) -> None:
    with pytest.raises(BadData, match=fault):
        [*cues_of({"cues": [row]}, "x")]


def test_every_cue_is_found_in_itself_unless_another_hides_it() -> None:
    known = [cue for bucket in vocabulary().firsts for cue in bucket]
    hiding = [cue.first for cue in known if cue.code == NEVER]
    for cue in known:
        text = f"{cue.first}{cue.then}"
        if not any(never in text for never in hiding):
            assert cue in [one.cue for one in read(text_of("", text))], text
