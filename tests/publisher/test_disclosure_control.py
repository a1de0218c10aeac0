"""The public figures reveal no single letter, not even by subtracting one from another."""

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.publisher.domain.disclosure_control import (
    LEAST,
    OTHER,
    CountedLetter,
    LetterFigures,
    merge_small,
    public_figures,
)

letters = st.builds(
    CountedLetter,
    state=st.sampled_from(["triage", "handling", "replied", "closed", "declined"]),
    category=st.sampled_from([None, "request", "complaint", "report"]),
    bureau=st.sampled_from([None, "guangzhou", "foshan", "yunfu", "heyuan"]),
    is_read=st.booleans(),
    promises=st.lists(st.sampled_from(["open", "broken", "late"]), max_size=2).map(tuple),
)


def counted(*letters: CountedLetter) -> LetterFigures:
    figures = LetterFigures()
    for letter in letters:
        figures.add(letter)
    return figures


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({}, {}),
        ({"a": 0}, {}),
        ({"a": 4}, {}),
        ({"a": 1, "b": 2}, {}),
        ({"a": 5, "b": 6}, {"a": 5, "b": 6}),
        ({"a": 5, "b": 6, "c": 7}, {"a": 5, "b": 6, "c": 7}),
        ({"a": 4, "b": 6, "c": 7}, {"c": 7, OTHER: 10}),
        ({"a": 3, "b": 2, "c": 7}, {"c": 7, OTHER: 5}),
        ({"a": 1, "b": 9}, {OTHER: 10}),
        ({"a": 9, "b": 12, OTHER: 1}, {"b": 12, OTHER: 10}),
    ],
)
def test_small_cells_are_merged_with_as_many_more_as_it_takes(
    counts: Mapping[str, int], shown: Mapping[str, int]
) -> None:
    assert merge_small(counts) == shown


def numbers(figures: LetterFigures) -> Iterator[int]:
    """Every number that is shown, and every difference of a whole and its part."""
    public = public_figures(figures)
    tables = [public.by_category, public.promises, *public.by_bureau.values()]
    for table in tables:
        yield from table.values()
    yield from (sum(row.values()) for row in public.by_bureau.values())
    yield from (public.letters or 0, public.read or 0)
    if public.letters is not None:
        yield public.letters - (public.letters if public.read is None else public.read)
        yield public.letters - sum(public.by_category.values())
        yield public.letters - sum(sum(row.values()) for row in public.by_bureau.values())


@given(st.lists(letters, max_size=80))
def test_no_number_and_no_difference_stands_for_few_letters(of: list[CountedLetter]) -> None:
    assert not [number for number in numbers(counted(*of)) if 0 < number < LEAST]


@given(st.lists(letters, min_size=LEAST, max_size=80))
def test_no_letter_is_left_out(of: list[CountedLetter]) -> None:
    public = public_figures(counted(*of))
    assert public.letters == len(of) == sum(public.by_category.values())
    assert sum(sum(row.values()) for row in public.by_bureau.values()) == len(of)
    assert sum(public.promises.values()) in {0, sum(len(one.promises) for one in of)}


def test_a_state_stands_in_one_table_alone() -> None:
    """Otherwise the report below would be the difference of the two tables."""
    requests = [CountedLetter("replied", "request", "foshan", is_read=False, promises=())] * 9
    report = CountedLetter("declined", "report", "foshan", is_read=False, promises=())
    public = public_figures(counted(*requests, report))
    assert public.by_category == {OTHER: 10}
    assert public.by_bureau == {"foshan": {OTHER: 10}}
