"""Every mistyped letter number is caught, and every harmless way of typing it accepted."""

from itertools import combinations
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.letter_number import (
    is_diversion_number,
    is_letter_number,
    new_diversion_number,
    new_letter_number,
    new_publication_id,
    normalise,
)

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

randomness = st.binary(min_size=10, max_size=10)
numbers = randomness.map(new_letter_number)


@given(randomness)
def test_a_new_number_is_valid_and_safe_everywhere(chance: bytes) -> None:
    number = new_letter_number(chance)
    assert is_letter_number(number)
    assert normalise(number) == number
    assert quote(number, safe="") == number
    assert not set(number) & set(".$/ ")
    assert len(number) == 24


@given(st.sets(randomness, min_size=2, max_size=20))
def test_other_randomness_is_another_number(chances: set[bytes]) -> None:
    assert len({new_letter_number(chance)[:-2] for chance in chances}) == len(chances)


@given(numbers)
def test_every_single_wrong_character_is_caught(number: str) -> None:
    for place, right in enumerate(number):
        for wrong in set(ALNUM + "-*. ") - {right}:
            assert not is_letter_number(number[:place] + wrong + number[place + 1 :])


@given(numbers)
def test_every_wrong_character_is_caught_after_normalising_too(number: str) -> None:
    for place in [place for place in range(3, 24) if number[place] != "-"]:
        for wrong in set(SYMBOLS) - {number[place]}:
            typed = (number[:place] + wrong + number[place + 1 :]).lower()
            assert not is_letter_number(normalise(typed))


@given(numbers)
def test_any_two_characters_that_changed_places_are_caught(number: str) -> None:
    for one, other in combinations([n for n in range(3, 24) if number[n] != "-"], 2):
        if number[one] != number[other]:
            swapped = list(number)
            swapped[one], swapped[other] = number[other], number[one]
            assert not is_letter_number("".join(swapped))


def test_the_check_holds_for_every_pair_at_every_place_by_exhaustion() -> None:
    """Linear over GF(32): an error is caught exactly if the pattern alone has a non-zero check."""
    zero = new_letter_number(bytes(10))
    places = [place for place in range(3, 24) if zero[place] != "-"]
    for place in places:
        for symbol in SYMBOLS[1:]:
            assert not is_letter_number(zero[:place] + symbol + zero[place + 1 :])
    for left, right in combinations(places, 2):
        for symbol in SYMBOLS[1:]:
            pattern = list(zero)
            pattern[left] = pattern[right] = symbol
            assert not is_letter_number("".join(pattern))


@given(numbers, st.booleans(), st.sampled_from(["", " ", "-", "－", "—", "\u200b", " - "]))
def test_harmless_ways_of_typing_are_understood(number: str, lower: bool, between: str) -> None:
    typed = number.replace("-", between).replace("0", "O").replace("1", "l")
    assert normalise(typed.lower() if lower else typed) == number
    assert normalise(f"  {typed}\n") == number
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c != " " else c for c in typed)
    assert normalise(wide) == number


@given(st.text(max_size=100))
def test_what_is_no_number_comes_back_as_it_was(text: str) -> None:
    result = normalise(text)
    assert result == text or normalise(result) == result


@pytest.mark.parametrize("text", ["", "GD", "GD-", "GD-0000-0000-0000-0000", "X" * 10_000])
def test_what_is_no_number_is_not_valid(text: str) -> None:
    assert normalise(text) == text
    assert not is_letter_number(text)


@given(randomness)
def test_a_number_of_one_kind_is_never_one_of_another(chance: bytes) -> None:
    letter, diversion = new_letter_number(chance), new_diversion_number(chance)
    publication = new_publication_id(chance)
    assert is_diversion_number(diversion)
    for made, start in ((letter, "GD-"), (diversion, "D-"), (publication, "P-")):
        rest = made.removeprefix(start)
        assert is_letter_number("GD-" + rest) is (made == letter)
        assert is_diversion_number("D-" + rest) is (made == diversion)
        assert normalise(made.lower()) == made


@pytest.mark.parametrize("size", [0, 9, 11])
def test_too_little_or_too_much_randomness_is_an_error(size: int) -> None:
    with pytest.raises(ValueError, match="10 random bytes"):
        new_letter_number(bytes(size))


@pytest.mark.parametrize("ending", ["\n", "-", " "])
def test_nothing_may_follow_the_check_character(ending: str) -> None:
    assert not is_letter_number(new_letter_number(bytes(10)) + ending)
