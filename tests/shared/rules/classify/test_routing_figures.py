"""The share of labelled letters that are classified rightly. Floors: a worse table fails here.

docs/rules.md has the figures themselves. Letters of the even half are only ever counted.
"""

import pytest

from shared.contracts.slugs import Bureau
from shared.rules.classify.sorting import sort
from shared.rules.text.written import Written
from tests.shared.rules.labelled import BLIND, DEMO, STRANGE, TUNED, UNSEEN, Figures, Row, read


@pytest.mark.parametrize(
    ("letters", "floor"),
    [
        (DEMO, Figures(placed=0.97, invented=1, police_type=0.94, category=0.90)),
        (TUNED, Figures(placed=0.97, invented=1, police_type=0.94, category=0.90)),
        (UNSEEN, Figures(placed=0.94, invented=1, police_type=0.94, category=0.85)),
        (BLIND, Figures(placed=0.92, invented=3, police_type=0.90, category=0.86)),
        (STRANGE, Figures(placed=0.93, invented=3, police_type=0.83, category=0.80)),
    ],
    ids=["development", "own, odd", "own, even: never read", "blind", "strange"],
)
def test_letters_are_read_as_well_as_they_were(letters: list[Row], floor: Figures) -> None:
    found = read(letters)
    assert found.placed >= floor.placed
    assert found.invented <= floor.invented
    assert found.police_type >= floor.police_type
    assert found.category >= floor.category


def test_the_own_letters_are_new_and_cover_what_there_is() -> None:
    own = TUNED + UNSEEN
    assert len({row["id"] for row in own}) == len(own) >= 200
    assert not {row["body"] for row in own} & {row["body"] for row in DEMO}
    assert {row["city"] for row in own} == {row["city"] for row in DEMO}
    for field in ("category", "police_type", "triage"):
        assert {row[field] for row in own} >= {row[field] for row in DEMO}, field


def test_words_contradict_a_wrong_choice_and_hardly_ever_a_right_one() -> None:
    placed = [row for row in (*DEMO, *TUNED, *UNSEEN) if row["city"]]
    assert sum(_held_up(row, row["city"]) for row in placed) <= 1
    wrong = [_held_up(row, "zhuhai") for row in placed if row["city"] != "zhuhai"]
    assert sum(wrong) > 0.6 * len(wrong)


def _held_up(row: Row, city: Bureau) -> bool:
    written = Written(row["subject"], row["body"], row["category"], city)
    return "conflict_of_places" in sort(written, triage="accept").reasons


def test_no_complaint_about_police_conduct_is_sent_on_by_a_rule() -> None:
    conduct = [row for row in (*DEMO, *TUNED, *UNSEEN) if _is_about_conduct(row)]
    assert len(conduct) > 25
    for row in conduct:
        written = Written(row["subject"], row["body"], row["category"], row["city"])
        assert sort(written, triage="accept").reasons == ("about_police",), row["id"]


def _is_about_conduct(row: Row) -> bool:
    return row["police_type"] == "inspection" and row["category"] in ("complaint", "report")
