"""Prints of texts: the same pieces give the same print, and most of them a print that is near."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.similarity import BITS, FEWEST, NEAR, WIDTHS, bands, distance, simhash

PIECES = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=FEWEST, max_size=300, unique=True)
PRINTS = st.integers(0, 2**BITS - 1)


def pieces(count: int, *, seed: int) -> list[int]:
    """Hashes as if of a text's pieces."""
    drawn = random.Random(seed)  # noqa: S311 - nothing secret hangs on it
    return [drawn.randrange(-(2**63), 2**63) for _ in range(count)]


def by_hand(known: set[int]) -> int:
    """Bit after bit, as it is defined."""
    ones = [sum(piece >> bit & 1 for piece in known) for bit in range(BITS)]
    return sum(1 << bit for bit, count in enumerate(ones) if count * 2 > len(known))


@given(PIECES)
def test_a_print_is_what_most_pieces_say_of_each_bit(found: list[int]) -> None:
    assert simhash(found) == simhash(reversed([*found, found[0]])) == by_hand(set(found))


@pytest.mark.parametrize("count", [254, 255, 256, 511, 700])
def test_many_pieces_are_counted_right(count: int) -> None:
    found = pieces(count, seed=count)
    assert simhash(found) == by_hand(set(found))


def test_too_few_pieces_say_nothing() -> None:
    found = pieces(FEWEST, seed=1)
    assert simhash(found[1:]) is None
    assert simhash([found[0]] * FEWEST) is None
    assert simhash([]) is None
    assert simhash(found) is not None


def test_a_text_changed_here_and_there_is_near_and_another_is_not() -> None:
    near = far = 0
    for seed in range(60):
        text, other = pieces(160, seed=seed), pieces(160, seed=1_000 + seed)
        whole, changed, foreign = (simhash(found) for found in (text, text[5:] + other[:5], other))
        assert whole is not None
        assert changed is not None
        assert foreign is not None
        meets = bool({*bands(whole)} & {*bands(changed)})
        near += meets and distance(whole, changed) <= NEAR
        far += distance(whole, foreign) > NEAR
    assert near >= 55
    assert far == 60


def test_the_bands_are_the_whole_print() -> None:
    assert sum(WIDTHS) == BITS


@given(PRINTS, st.sets(st.integers(0, BITS - 1), max_size=len(WIDTHS) - 1))
def test_prints_that_differ_in_fewer_bits_than_there_are_bands_share_one(
    one: int, bits: set[int]
) -> None:
    other = one
    for bit in bits:
        other ^= 1 << bit
    assert distance(one, other) == len(bits)
    assert {*bands(one)} & {*bands(other)}


@given(PRINTS)
def test_a_print_that_differs_everywhere_shares_no_band(one: int) -> None:
    assert not {*bands(one)} & {*bands(one ^ (2**BITS - 1))}
