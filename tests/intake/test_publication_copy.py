"""Copies for publication leave out the writer's own values, and are small enough to be sent."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from services.intake.domain.letter import IntakeLetter
from services.intake.domain.pii_spans import marked, own_values, spans_in
from services.intake.domain.publication_copy import publication_copy
from shared.contracts.submitted_v1 import PublicationCopied
from shared.contracts.text import neutralised
from shared.contracts.topics import SUBMITTED
from shared.contracts.words import (
    MAX_BODY,
    MAX_REPLY,
    MAX_SUBJECT,
    MOST_SPANS,
    Contact,
    Identity,
    LetterText,
    PublicText,
    ReplyText,
)
from shared.kernel.errors import LimitReached
from shared.rules.pii import MARKS
from tests.intake.story import (
    ADDRESS,
    CONTACT,
    EMAIL,
    ID_NUMBER,
    IDENTITY,
    LETTER,
    NAME,
    NOON,
    PHONE,
    SECOND_PHONE,
    WECHAT,
    given,
    submit,
)
from tests.support.budget import budget
from tests.support.sealed_shell import sealed_record

ALL = (NAME, ID_NUMBER, PHONE, SECOND_PHONE, EMAIL, WECHAT, ADDRESS)


def letter(words: LetterText | None = None, **over: Any) -> IntakeLetter:
    """A letter that was taken in, with other words."""
    state = given().when(submit(**over)).state
    assert isinstance(state, IntakeLetter)
    return replace(state, words=words) if words else state


def text(body: str, subject: str = "路灯") -> LetterText:
    return LetterText(subject=subject, body=body)


def copied(body: str, *, subject: str = "路灯", reply: str = "好") -> PublicationCopied | None:
    return publication_copy(letter(text(body, subject)), ReplyText(text=reply))


def parts_of(copy: PublicationCopied | None) -> dict[str, str]:
    assert copy is not None
    assert isinstance(copy.words, PublicText)
    return {"title": copy.words.title, "text": copy.words.text, "reply": copy.words.reply}


def test_every_own_value_is_cut_from_every_part() -> None:
    everything = "；".join(ALL)
    shown = parts_of(copied(everything, subject=everything, reply=everything))
    marks = "；".join(
        MARKS[what]
        for what in ("name", "id_number", "phone", "phone", "email", "wechat", "address")
    )
    assert shown == {"title": marks, "text": marks, "reply": marks}


OTHERS_ID, OTHERS_PHONE = "440199197001011232", "15400003333"


@pytest.mark.parametrize(
    "number",
    [
        OTHERS_ID,
        "44019919700101123X",
        "440199 19700101 1232",
        "４４０１９９１９７００１０１１２３２",
    ],
)
def test_nobody_s_id_number_is_in_a_copy(number: str) -> None:
    shown = parts_of(copied(f"邻居的{number}。", subject=number, reply=f"{number}已核实"))
    mark = MARKS["id_number"]
    assert shown == {"title": mark, "text": f"邻居的{mark}。", "reply": f"{mark}已核实"}


def test_others_phones_are_cut_from_the_letter_and_a_bureau_may_give_its_own() -> None:
    shown = parts_of(copied(f"他的电话{OTHERS_PHONE}", reply=f"请拨{OTHERS_PHONE}"))
    assert shown["text"] == f"他的电话{MARKS['phone']}"
    assert shown["reply"] == f"请拨{OTHERS_PHONE}"


@pytest.mark.parametrize(
    "number", ["110", "12345678901234567", "02012345678", "1234567890123456789", "2026-11-24"]
)
def test_other_numbers_stay(number: str) -> None:
    assert parts_of(copied(f"编号{number}号"))["text"] == f"编号{number}号"


@pytest.mark.parametrize(
    ("number", "what"),
    [
        ("+86 154-0000-3333", "phone"),
        ("0086 154.0000.3333", "phone"),
        ("一五四 〇〇〇〇 三三三三", "phone"),
        ("0755—26738899", "phone"),
        ("440199 910203 129", "id_number"),
        ("6222 0212 3456 7890 128", "bank_card"),
        ("粤A·12345", "plate"),
    ],
)
def test_numbers_as_ordinary_people_write_them_are_cut_for_editors(number: str, what: str) -> None:
    shown = parts_of(copied(f"他的{number}。", subject=number, reply=f"{number}已核实"))
    mark = MARKS[what]
    assert (shown["title"], shown["text"]) == (mark, f"他的{mark}。")
    assert shown["reply"] == f"{number if what == 'phone' else mark}已核实"


def test_a_copy_has_few_combining_marks_on_a_letter() -> None:
    stacked = neutralised("Z" + "\u0301" * 100)
    shown = parts_of(copied(stacked, subject=stacked, reply=stacked))
    assert set(shown.values()) == {"Z" + "\u0301" * 8 + "\u200b" * 92}


def test_marks_stand_where_the_copy_says() -> None:
    body = f"{NAME}住{ADDRESS}，{PHONE}或{SECOND_PHONE}，还是{NAME}。"
    copy = copied(body, subject=f"{NAME}的信", reply=f"{NAME}您好，已致电{PHONE}")
    shown = parts_of(copy)
    assert copy is not None
    found = {(span.part, shown[span.part][span.start : span.end]) for span in copy.spans}
    assert found == {
        ("title", MARKS["name"]),
        ("text", MARKS["name"]),
        ("text", MARKS["address"]),
        ("text", MARKS["phone"]),
        ("reply", MARKS["name"]),
        ("reply", MARKS["phone"]),
    }
    assert len(copy.spans) == 5 + 1 + 2
    for span in copy.spans:
        assert shown[span.part][span.start : span.end] == MARKS[span.what]


@settings(max_examples=budget(150))
@examples(
    st.lists(
        st.sampled_from([*ALL, "路灯", " ", "x", "9", "，", "一", "𠮷", "ＡＢ"]),
        min_size=1,
        max_size=12,
    )
)
def test_no_arrangement_of_own_values_shows_one(parts: list[str]) -> None:
    body = "".join(parts)
    copy = copied(body, reply=body)
    shown = parts_of(copy)
    assert copy is not None
    for span in copy.spans:
        assert shown[span.part][span.start : span.end] == MARKS[span.what]
    bare = shown["text"]
    for mark in MARKS.values():
        bare = bare.replace(mark, "〔〕")
    assert not [value for value in ALL if value in bare]
    assert shown["text"] == shown["reply"]


LATIN = Identity(name="Chan Siu", id_number=ID_NUMBER, phone=PHONE)


@pytest.mark.parametrize("glued", [WECHAT, EMAIL, PHONE, SECOND_PHONE, ID_NUMBER])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_latin_name_is_found_beside_a_value_of_whichever_source(
    glued: str, is_first: bool
) -> None:
    body = f"{LATIN.name}{glued}" if is_first else f"{glued}{LATIN.name}"
    spans = spans_in(body, own_values(LATIN, CONTACT))
    assert "name" in {one.what for one in spans}
    assert sum(one.end - one.start for one in spans) == len(body)


def test_a_latin_name_within_another_word_is_left() -> None:
    assert spans_in("Mechan Siuta", own_values(LATIN, CONTACT)) == ()


def test_two_phones_are_both_found_and_one_phone_is_found_once() -> None:
    both = own_values(IDENTITY, CONTACT)
    assert [one.what for one in spans_in(f"{PHONE}{SECOND_PHONE}", both)] == ["phone", "phone"]
    same = own_values(IDENTITY, Contact(phone=PHONE))
    assert len(same) == 1
    assert [one.what for one in spans_in(PHONE, same)] == ["phone"]


def test_what_was_erased_or_not_given_is_not_looked_for() -> None:
    assert spans_in(" ".join(ALL), own_values(None, None)) == ()
    found = spans_in(" ".join(ALL), own_values(None, CONTACT))
    assert {one.what for one in found} == {"phone", "email", "wechat"}


def test_overlapping_values_become_one_mark_over_both() -> None:
    identity = Identity(name=NAME, id_number=ID_NUMBER, phone=ID_NUMBER[4:15])
    (span,) = spans_in(ID_NUMBER, own_values(identity, None))
    assert (span.start, span.end, span.what) == (0, len(ID_NUMBER), "id_number")


# --- marking what comes in ---------------------------------------------------------------------


def test_what_comes_in_keeps_its_text_and_says_where_own_values_stand() -> None:
    words = marked(text(f"我是{NAME}", f"{NAME}的信"), own_values(IDENTITY, CONTACT))
    assert words.body == f"我是{NAME}"
    assert [(one.start, one.end, one.what) for one in words.own_spans] == [(2, 5, "name")]
    assert [(one.start, one.end) for one in words.subject_spans] == [(0, 3)]


def test_too_many_own_values_are_refused_at_the_door() -> None:
    values = own_values(IDENTITY, CONTACT)
    assert len(marked(text(f"{NAME} " * MOST_SPANS), values).own_spans) == MOST_SPANS
    with pytest.raises(LimitReached):
        marked(text(f"{NAME} " * (MOST_SPANS + 1)), values)


def test_the_place_is_kept_for_staff_and_is_in_no_copy() -> None:
    words = LetterText(subject="路灯", body="坏了", place_detail="无名路口")
    assert marked(words, own_values(IDENTITY, CONTACT)).place_detail == "无名路口"
    copy = publication_copy(letter(words), ReplyText(text="好"))
    assert "无名路口" not in "".join(parts_of(copy).values())


# --- what is too large -------------------------------------------------------------------------


def test_too_many_marks_in_one_part_or_in_all_make_no_copy() -> None:
    many = f"{NAME} " * MOST_SPANS
    assert copied(many) is not None
    assert copied(many + NAME) is None
    assert copied("好", reply=many + NAME) is None
    assert copied(many, reply=many) is not None
    assert copied(many, reply=many, subject=NAME) is None


SIZES: dict[str, tuple[str, str, str]] = {
    "three bytes each": ("路" * MAX_SUBJECT, "路" * MAX_BODY, "路" * MAX_REPLY),
    "four bytes each": ("𠮷" * MAX_SUBJECT, "𠮷" * MAX_BODY, "𠮷" * MAX_REPLY),
    "quotes": ("路", '"' * MAX_BODY, '"' * MAX_REPLY),
    "wide, then quotes": ("路", '"' * MAX_BODY, "𠮷" * 18_000),
    "marks": ("路", f"{NAME}𠮷" * MOST_SPANS, f"{NAME}𠮷" * MOST_SPANS + "𠮷" * 16_000),
    "marks, three bytes": ("路", f"{NAME} " * MOST_SPANS, f"{NAME} " * MOST_SPANS + "路" * 17_000),
}
SENT = {"three bytes each", "quotes"}


@pytest.mark.parametrize("size", SIZES)
def test_a_copy_is_made_only_if_it_can_be_sent(size: str) -> None:
    subject, body, reply = SIZES[size]
    copy = copied(body, subject=subject, reply=reply)
    assert (copy is not None) == (size in SENT)
    if copy is not None:
        assert sealed_record(
            copy, topic=SUBMITTED.name, letter=LETTER, at=NOON, sequence=2**40
        ).value


@pytest.mark.parametrize("width", ["路", "𠮷", '"', f"{NAME} "])
def test_the_largest_copy_that_is_made_can_be_sent(width: str) -> None:
    least, most = 1, MAX_REPLY // len(width)
    while least < most:
        middle = (least + most + 1) // 2
        made = copied("𠮷" * 9_000, reply=width * middle)
        least, most = (middle, most) if made else (least, middle - 1)
    copy = copied("𠮷" * 9_000, reply=width * least)
    assert copy is not None
    assert sealed_record(copy, topic=SUBMITTED.name, letter=LETTER, at=NOON, sequence=2**40).value


@pytest.mark.parametrize("character", ["路", "𠮷", '"', "\n"])
def test_the_largest_letter_can_be_sent(character: str) -> None:
    body = (f"{NAME} " * MOST_SPANS).ljust(MAX_BODY, character)
    words = marked(text(body, character * MAX_SUBJECT), own_values(IDENTITY, CONTACT))
    told = submit(words=words)
    assert sealed_record(
        told.letter, topic=SUBMITTED.name, letter=LETTER, at=NOON, sequence=1
    ).value
