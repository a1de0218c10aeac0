"""The n-gram scores of a letter are added up as the tables say."""

from collections.abc import Mapping
from math import sqrt
from operator import add
from re import findall
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.vocabulary import Category, PoliceType
from shared.kernel.errors import BadData
from shared.rules.classify import ngrams
from shared.rules.classify.ngrams import (
    READ,
    SHORT,
    Pieces,
    as_read,
    as_written,
    is_piece,
    pieces_of,
)
from shared.rules.classify.score_cards import CARDS, cards
from shared.rules.tables import listed
from shared.rules.text.normalise import normal
from tests.support.labelled import DEVELOPMENT, labelled

TABLES: Mapping[str, tuple[Any, ...]] = {
    "triage": CARDS,
    "category": get_args(Category),
    "police_type": get_args(PoliceType),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_answers_for_every_class_of_its_question(name: str) -> None:
    assert sorted(Pieces(name).says(())[name]) == sorted(TABLES[name])


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_table_is_a_piece_once(name: str) -> None:
    rows = [row["piece"] for row in listed(f"pieces/{name}") if row["piece"]]
    assert len(rows) == len({*rows}) > 1_000
    assert all(is_piece(one) for one in rows)


@pytest.mark.parametrize("name", TABLES)
def test_points_are_added_class_by_class(name: str) -> None:
    table, rows = Pieces(name), {row["piece"]: row for row in listed(f"pieces/{name}")}
    base = rows.pop("", dict.fromkeys(TABLES[name], "0"))
    for letter in labelled(DEVELOPMENT):
        found = pieces_of(normal(letter["body"]))
        known = [rows[one] for one in map(as_written, found) if one in rows]
        for one, said in table.says(found)[name].items():
            points = sum(int(row[one] or 0) for row in known) / sqrt(max(len(known), SHORT))
            assert said == pytest.approx(int(base[one]) + points)


def test_tables_that_are_asked_together_say_what_each_says_alone() -> None:
    kinds, lines = Pieces("category"), Pieces("police_type")
    together = Pieces("category", "police_type")
    for letter in labelled(DEVELOPMENT):
        found = pieces_of(normal(letter["body"])) | pieces_of(letter["subject"], mark="^")
        assert together.says(found) == kinds.says(found) | lines.says(found)


def test_of_nothing_known_only_the_base_is_said() -> None:
    table = Pieces("category")
    assert table.says(()) == table.says(pieces_of("\N{SNOWMAN}\N{SNOWMAN}"))


def test_the_pieces_of_a_text() -> None:
    assert {*map(as_written, pieces_of("救my oak"))} == {
        "救", "m", "y", " ", "o", "a", "k",
        "救m", "my", "y ", " o", "oa", "ak",
        "my_", "oak_",
    }  # fmt: skip


@given(st.text(st.characters(exclude_characters="^$")), st.sampled_from(["", "^", "$"]))
def test_whatever_a_text_is_made_of_its_pieces_are_its_characters_pairs_and_words(
    text: str, mark: str
) -> None:
    plain = {*text, *map(add, text, text[1:]), *(f"{one}_" for one in findall("[a-z']+", text))}
    found = pieces_of(text, mark=mark)
    assert {*map(as_written, found)} == {f"{mark}{one}" for one in plain if one[1:] != "\0"}
    assert found >= {as_read(one) for one in map(as_written, found) if is_piece(one)}


def test_what_a_text_has_of_marks_is_no_mark() -> None:
    assert pieces_of("^救").isdisjoint(pieces_of("救", mark="^"))


def test_a_piece_of_a_table_is_no_ascii_but_a_word_and_no_line_break() -> None:
    assert [one for one in ("救", "救命", "救1", "my_", "my", "1", "\n救") if is_piece(one)] == [
        "救", "救命", "救1", "my_",
    ]  # fmt: skip


def test_only_the_beginning_of_a_text_is_looked_at() -> None:
    assert pieces_of("救" * READ + "命") == pieces_of("救救")


def test_no_piece_makes_an_emergency_by_itself() -> None:
    card, table = cards()["emergency"], Pieces("triage")
    rows = [row["piece"] for row in listed("pieces/triage")]
    loudest = max(table.says({as_read(one)})["triage"]["emergency"] for one in rows)
    assert 0 < loudest < card.stop - card.base


@pytest.mark.parametrize("points", ["x", "1.5"])
def test_a_table_without_whole_numbers_is_refused(
    points: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ngrams, "listed", lambda _: ({"piece": "救", "emergency": points},))
    with pytest.raises(BadData, match=r"pieces/triage.csv: whole numbers are needed"):
        Pieces("triage")
