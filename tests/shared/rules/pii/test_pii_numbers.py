"""Personal numbers are cut from what the public and the editors read, however they are typed."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.pii import MARKS, mask, numbers_of_anyone

PHONE, ID_NUMBER, CARD = "15439478548", "44019919591023529X", "6222021234567890128"
OLD_ID_NUMBER, LANDLINE, PLATE = "440199910203129", "075526738899", "粤A12345"
CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")
BANKERS = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def grouped(separator: str) -> Callable[[str], str]:
    return lambda text: separator.join([text[:3], text[3:7], text[7:]])


TYPINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "wide": wide,
    "small x": str.lower,
    "in Chinese": lambda text: text.translate(CHINESE),
    "in bankers' digits": lambda text: text.translate(BANKERS),
    "keycaps": lambda text: "".join(f"{c}\ufe0f\u20e3" if c.isdigit() else c for c in text),
    "one by one": " ".join,
    **{
        f"grouped by {name}": grouped(separator)
        for name, separator in {
            "blank": " ", "ideographic blank": "\u3000", "no-break blank": "\xa0", "dot": ".",
            "wide dot": "．", "middle dot": "·", "hyphen": "-", "non-breaking hyphen": "\u2011",
            "en dash": "–", "em dash": "——", "minus": "\u2212", "wide hyphen": "－", "tilde": "～",
            "zero width": "\u200b", "joiner": "\u2060", "soft hyphen": "\xad", "slash": "/",
            "underscore": "_", "line break": "\n", "wide brackets": "）（", "accent": "\u0301",
        }.items()
    },
}  # fmt: skip
NUMBERS = {
    PHONE: "phone",
    ID_NUMBER: "id_number",
    OLD_ID_NUMBER: "id_number",
    CARD: "bank_card",
}


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("typing", TYPINGS)
def test_a_number_is_found_however_it_is_typed(number: str, typing: str) -> None:
    text = f"请打给{TYPINGS[typing](number)}，谢谢"
    assert mask(text, numbers_of_anyone(text)) == f"请打给{MARKS[NUMBERS[number]]}，谢谢"


@pytest.mark.parametrize(
    "phone",
    [
        "+8615439478548", "+86 154-3947-8548", "0086 15439478548", "86-154-3947-8548",
        "＋８６１５４３９４７８５４８", "+86（154）3947 8548", "015439478548",
        "0755-26738899", "0755 2673 8899", "０７５５－２６７３８８９９", "020 8765 4321",
        "010.6552.1234", "0758-222 1234", "+86 755 2673 8899", "+852 5550 0127",
        "+1 (415) 555-0132",
    ],
)  # fmt: skip
def test_phones_are_found_with_country_and_area_code(phone: str) -> None:
    text = f"号是{phone}，找他"
    assert mask(text, numbers_of_anyone(text)) == f"号是{MARKS['phone']}，找他"


@pytest.mark.parametrize("text", ["(+86) 154 3947 8548", "（0755）26738899", "(020)8765-4321"])
def test_of_a_code_in_brackets_the_bracket_alone_stays(text: str) -> None:
    assert mask(text, numbers_of_anyone(text)) in {f"({MARKS['phone']}", f"（{MARKS['phone']}"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("座机26738899", "座机〔电话〕"),
        ("電話：8765 4321", "電話：〔电话〕"),
        ("Tel. 8765-4321", "Tel. 〔电话〕"),
        ("卡号6299 0094 2253 4526 917", "卡号〔银行卡号〕"),
        ("account was 6299007537600084.", "account was 〔银行卡号〕."),
        ("passport P0000238", "passport 〔证件号〕"),
        ("港澳通行证C12345678", "港澳通行证〔证件号〕"),
    ],
)
def test_after_a_word_that_names_it_a_number_is_found_without_more(text: str, shown: str) -> None:
    assert mask(text, numbers_of_anyone(text)) == shown


@pytest.mark.parametrize(
    "plate",
    ["粤A12345", "粤A·12345", "粤 A 12345", "粤a·8b2c7", "粤ＢＤ１２３４５", "京AD12345",
     "粤Z1234港", "粤A1234警", "粤-A-12345", "粵B12345", "湘L12345",
     "粤A1234学", "粤A一二三四五"],
)  # fmt: skip
def test_plates_are_found(plate: str) -> None:
    text = f"车牌{plate}的车"
    assert mask(text, numbers_of_anyone(text)) == f"车牌{MARKS['plate']}的车"


@pytest.mark.parametrize(
    "text",
    [
        "请拨打110或12345、95588、12110",
        "2026-11-24 15:30到16:45",
        "从06.15到2026.07.01，二〇二六年十一月二十四日",
        "共1,234,567,890,123元",
        "编号12345678901234567号",
        "编号1234567890123456789号",
        "单号6222021234567890123",
        "案号44019919591023",
        "GD-7K2M-93QX-41",
        "粤A车主，粤B牌照，川菜A套餐12345",
        "第一二三四五六七八九章",
        "23.123456，113.265432",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert numbers_of_anyone(text) == ()


def test_numbers_side_by_side_are_each_found() -> None:
    text = f"{PHONE} {ID_NUMBER} {CARD}、{PLATE} {LANDLINE}"
    assert [span.what for span in numbers_of_anyone(text)] == [
        "phone", "id_number", "bank_card", "plate", "phone",
    ]  # fmt: skip


def test_a_kind_that_is_left_never_covers_one_that_is_cut() -> None:
    text = f"+86 {ID_NUMBER}"
    kept = numbers_of_anyone(text, kinds={"id_number"})
    assert "4401991959102352" not in mask(text, kept)


@pytest.mark.parametrize("character", ["1", "4 ", "6-", "粤A1", "电话", "\u200b", "+86", "卡号1"])
def test_very_long_texts_are_searched(character: str) -> None:
    """Whatever needs the square of the length would exceed the time limit of all tests."""
    text = (character * 200_000)[:200_000]
    assert all(span.end <= len(text) for span in numbers_of_anyone(text))


pieces = st.sampled_from(
    [PHONE, ID_NUMBER, OLD_ID_NUMBER, CARD, LANDLINE, PLATE, "+86", "电话", "卡号", " ", "-", "，",
     "。", "\u200b", "\n", "（", "1", "路", "é", "½", "㈠", "ﷺ"]
)  # fmt: skip


@given(st.lists(pieces, max_size=12))
def test_spans_are_sorted_apart_and_inside_and_masking_leaves_none(parts: list[str]) -> None:
    text = "；".join(parts)
    spans = numbers_of_anyone(text)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    masked = mask(text, spans)
    assert not any(number in masked for number in (PHONE, ID_NUMBER, CARD, LANDLINE, PLATE))


@given(st.text(max_size=80))
def test_any_text_can_be_scanned(text: str) -> None:
    mask(text, numbers_of_anyone(text))
