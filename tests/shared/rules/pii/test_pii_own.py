"""Every trace of the writer is found, however it was typed, and nothing else is cut."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.pii import MARKS, OwnSpan, mask, own_spans

ME = {
    "name": "陈嘉树",
    "phone": "15439478548",
    "id_number": "44019919591023529X",
    "email": "jiashu.chen@example.org",
    "wechat": "wx_jiashu-99",
    "address": "黄埔区石榴里2号楼501",
}

Typing = Callable[[str], str]


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def spaced(text: str) -> str:
    return " ".join(text)


def hyphened(text: str) -> str:
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def in_chinese(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "〇幺二三四五六七八九"))


def hidden(text: str) -> str:
    return "\u200b".join(text)


ways = st.sampled_from([str, wide, spaced, hyphened, str.upper, str.lower, hidden])
around = st.text(
    st.sampled_from(
        "我的电话是写信人请回,。 -\n+86()0123456789xXabcjs@._陈嘉树〔本〕１２Ａ〇一é\u200b"
    ),
    max_size=12,
)


@pytest.mark.parametrize("what", sorted(ME))
@pytest.mark.parametrize("way", [str, wide, spaced, hyphened, str.upper, hidden])
def test_a_value_is_found_however_it_is_typed(what: str, way: Typing) -> None:
    typed = way(ME[what])
    body = f"我写：{typed}。完"
    (span,) = own_spans(body, ME)
    assert (body[span.start : span.end], span.what) == (typed, what)
    assert mask(body, (span,)) == f"我写：{MARKS[what]}。完"


def test_numbers_spelled_in_chinese_are_found() -> None:
    body = f"电话{in_chinese(ME['phone'])}"
    assert mask(body, own_spans(body, ME)) == "电话〔电话〕"


@given(
    st.lists(st.tuples(around, st.sampled_from(sorted(ME)), ways, st.booleans()), max_size=6),
    around,
)
def test_after_masking_no_own_value_remains_in_any_form(
    parts: list[tuple[str, str, Typing, bool]], tail: str
) -> None:
    body = "".join(
        before + way(in_chinese(ME[what]) if chinese and what == "phone" else ME[what])
        for before, what, way, chinese in parts
    )
    body += tail
    spans = own_spans(body, ME)
    assert len(spans) <= len(parts) + 1
    assert bool(spans) or not parts
    masked = mask(body, spans)
    assert own_spans(masked, ME) == ()
    for value in ME.values():
        assert value not in masked


@given(
    st.text(max_size=60),
    st.dictionaries(st.sampled_from(sorted(ME)), st.text(max_size=6), max_size=6),
)
def test_spans_are_sorted_apart_and_inside_whatever_the_text(
    body: str, values: dict[str, str]
) -> None:
    spans = own_spans(body, values)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= span.start < span.end <= len(body) for span in spans)
    assert mask(body, spans).count("〔") >= len(spans)


@given(st.text(st.sampled_from("aAbB1 中-"), max_size=30), st.text("abAB1 中-", max_size=4))
def test_masking_again_changes_nothing_even_for_short_odd_names(body: str, name: str) -> None:
    values = {"name": name, "wechat": name[::-1]}
    masked = mask(body, own_spans(body, values))
    assert own_spans(masked, values) == ()


def test_what_is_not_the_writers_own_stays() -> None:
    body = "陈警官的电话15400000000，案号44019919591023，另见 other@example.org。"
    assert own_spans(body, ME) == ()
    assert mask(body, ()) == body


def test_a_latin_name_is_found_as_words_only() -> None:
    body = "Li Na wrote; linalool and Carolina did not. I am LI-NA."
    spans = own_spans(body, {"name": "Li Na"})
    assert [body[span.start : span.end] for span in spans] == ["Li Na", "LI-NA"]


def test_a_name_that_overlaps_part_of_another_word_is_found() -> None:
    assert own_spans("xan an an", {"name": "an an"}) == (OwnSpan(4, 9, "name"),)


def test_a_name_beside_another_own_value_is_found_too() -> None:
    values = {"name": "Li Na", "email": "a@example.org"}
    assert mask("a@example.orgLi Na", own_spans("a@example.orgLi Na", values)) == (
        "〔本人邮箱〕〔本人姓名〕"
    )


def test_a_phone_is_found_with_and_without_its_country_code() -> None:
    for own in ("+86 154 3947 8548", "008615439478548", "15439478548"):
        for typed in ("15439478548", "+8615439478548"):
            assert "15439478548" not in mask(typed, own_spans(typed, {"phone": own}))


def test_an_id_number_is_found_in_its_form_until_1999() -> None:
    """Fifteen digits: without the century and without the check digit."""
    body = "旧证440199591023529，编号440199591023520"
    assert mask(body, own_spans(body, ME)) == "旧证〔证件号〕，编号440199591023520"


def test_overlapping_values_are_cut_as_one() -> None:
    spans = own_spans("abcdef", {"email": "abcd", "wechat": "cdef"})
    assert spans == (OwnSpan(0, 6, "email"),)


def test_offsets_count_code_points() -> None:
    assert own_spans("😀é陈嘉树", ME) == (OwnSpan(2, 5, "name"),)


def test_accents_may_be_composed_or_not() -> None:
    (span,) = own_spans("Jose\u0301 Ruiz", {"name": "José Ruiz"})
    assert (span.start, span.end) == (0, 10)


@pytest.mark.parametrize("value", ["", " ", "-", "陈"])
def test_a_value_without_substance_is_not_looked_for(value: str) -> None:
    assert own_spans("陈 - 陈", {"name": value, "phone": value}) == ()


def test_an_unknown_kind_of_value_is_an_error() -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        own_spans("42", {"shoe_size": "42"})


@pytest.mark.parametrize(
    "spans",
    [
        [OwnSpan(2, 3, "name"), OwnSpan(0, 1, "name")],
        [OwnSpan(0, 2, "name"), OwnSpan(1, 3, "name")],
        [OwnSpan(0, 9, "name")],
        [OwnSpan(-1, 2, "name")],
        [OwnSpan(1, 1, "name")],
        [OwnSpan(0, 1, "shoe_size")],  # type: ignore[arg-type] # spans come from events too
    ],
)
def test_spans_that_do_not_fit_are_an_error(spans: list[OwnSpan]) -> None:
    with pytest.raises(ValueError, match="spans must be"):
        mask("abc", spans)


def test_very_long_texts_are_searched() -> None:
    """Whatever needs the square of the length would exceed the time limit of all tests."""
    values = ME | {"phone": "1" * 11, "name": "a" * 30, "address": "1一" * 30 + "二"}
    assert own_spans("1" * 400_000 + "a" * 400_000, values)
