"""The search finds exactly what a plain search for each string would find, and where."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.secrecy.forms import needles
from tests.secrecy.search import CHUNK, Place, Searcher, Secret

SECRETS = (Secret("name", "own", "令狐砚溪"), Secret("phone", "own", "15473062918"))
SEARCHER = Searcher(SECRETS)
HERE = Place("file", "here")


def found(text: bytes) -> set[tuple[str, str]]:
    return {(one.secret.name, one.form) for one in SEARCHER.search([(HERE, text)])}


def looked_for(text: bytes) -> set[tuple[str, str]]:
    return {
        (secret.name, form)
        for secret in SECRETS
        for octets, form in needles(secret.text).items()
        if octets in text
    }


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from([octets for one in SECRETS for octets in needles(one.text)]),
        ),
        max_size=6,
    )
)
def test_it_finds_what_a_look_for_each_string_finds(parts: list[bytes]) -> None:
    text = b"".join(parts)
    assert found(text) == looked_for(text)


@pytest.mark.parametrize("before", [0, 1, 2, 3, CHUNK - 5, CHUNK - 1, CHUNK, 3 * CHUNK + 7])
def test_it_finds_across_its_own_chunks_and_tells_where(before: int) -> None:
    dice = random.Random(7)  # noqa: S311 - the same in every run, and no secret
    text = dice.randbytes(before) + "令狐砚溪".encode() + dice.randbytes(11)
    finds = list(SEARCHER.search([(HERE, text)]))
    assert [(one.secret.name, one.form, one.at) for one in finds] == [("name", "utf-8", before)]
    assert str(finds[0]) == f"name (utf-8) in file here at {before}"


def test_random_bytes_and_their_base64_hold_nothing() -> None:
    dice = random.Random(11)  # noqa: S311 - the same in every run, and no secret
    text = dice.randbytes(2_000_000)
    assert not found(text)
    assert not found(text.hex().encode())


@pytest.mark.parametrize("text", [b"", b"1", b"154", b"1547306"])
def test_a_short_text_holds_nothing(text: bytes) -> None:
    assert not found(text)


def test_what_is_found_shows_no_secret() -> None:
    finds = SEARCHER.search([(HERE, b"15473062918")])
    assert "15473062918" not in "".join(f"{one} {one!r}" for one in finds)


def test_nothing_to_look_for_finds_nothing() -> None:
    assert list(Searcher([]).search([(HERE, b"anything at all")])) == []
