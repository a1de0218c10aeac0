"""A text is found by its search n-grams, whichever part of it is typed."""

from hypothesis import given
from hypothesis import strategies as st

from shared.rules.text.normalise import normal
from shared.rules.text.search_grams import NARROW, grams, terms

TEXTS = st.text(alphabet="路灯坏了井盖abc12 ,。ＡＢé-_\n", max_size=60)


def test_chinese_falls_into_twos_and_letters_into_threes() -> None:
    assert grams("路灯坏了") == {"路灯", "灯坏", "坏了"}
    assert grams("lamps") == {"lam", "amp", "mps"}


def test_a_piece_is_of_one_word_and_one_script() -> None:
    assert grams("粤A123 路灯，坏\n了 of_it") == {"a12", "123", "路灯"}


def test_spellings_have_the_same_pieces() -> None:
    assert grams("ＬＥＤ燈壞") == grams("led灯坏")


def test_too_little_has_no_piece() -> None:
    assert not grams("灯 ab 。！")
    assert not grams("")


def test_terms_are_each_there_once() -> None:
    assert terms(" 路灯  坏了\u3000路燈 ") == ("路灯", "坏了")


@given(TEXTS, st.data())
def test_whatever_is_cut_out_of_a_text_has_only_pieces_of_it(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    assert grams(text[start : data.draw(st.integers(start, len(text)))]) <= grams(text)


@given(TEXTS)
def test_there_are_never_more_pieces_than_characters(text: str) -> None:
    found = grams(text)
    assert len(found) <= len(text)
    assert {len(one) for one in found} <= {2, NARROW}
    assert all(one in normal(text) for one in found)
