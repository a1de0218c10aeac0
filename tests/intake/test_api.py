"""The citizen's mailbox over HTTP: repeated requests count once, and letters are private."""

import asyncio
from typing import Any

import pytest

from services.intake.metrics import REPEATED, SUBMITTED
from shared.contracts import topics
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.values import About
from shared.contracts.words import Contact, Identity, LetterText
from shared.kernel.letter_number import is_letter_number
from tests.intake.faces import is_problem, token
from tests.intake.front import ASKS, CHANGES, CITIZEN, Front
from tests.intake.story import (
    ADDRESS,
    EMAIL,
    ID_NUMBER,
    NAME,
    OTHER,
    PHONE,
    REPLY,
    SECOND_PHONE,
    TEXT,
    WECHAT,
    received,
    replied,
    routed,
)
from tests.support.sealed_shell import opened

LETTERS = topics.SUBMITTED.name
WRONG = OTHER[:-1] + ("0" if OTHER[-1] != "0" else "1")


# --- sending a letter --------------------------------------------------------------------------


async def test_a_letter_is_taken_in_under_a_number(desk: Front) -> None:
    answer = await desk.submit()
    assert answer.status_code == 201
    number = answer.json()["letter"]
    assert is_letter_number(number)
    assert answer.json()["received_at"] == "2026-11-24T04:00:00Z"
    assert answer.headers["location"] == f"/v1/letters/{number}"
    assert (await desk.letter(number)).state == "submitted"
    assert desk.shelf.said_types(LETTERS) == ["letter.submitted"]


@pytest.mark.parametrize(
    ("hours", "is_open"), [(0, True), (5.5, False), (-3.1, False), (4 * 24, False), (6 * 24, True)]
)
async def test_its_writer_is_told_who_reads_it_when(
    desk: Front, hours: float, is_open: bool
) -> None:
    """Tuesday at noon, its evening and early morning; the next Saturday and Monday."""
    desk.shelf.now.pass_by(hours=hours)
    first = await desk.submit(key="the-same-key")
    desk.shelf.now.pass_by(hours=12)
    again = await desk.submit(key="the-same-key")
    assert ("今天" in first.json()["read_by"]["zh"]) is is_open
    assert first.text == again.text


async def test_what_is_said_of_it_opens_for_each_reader_and_no_other(desk: Front) -> None:
    await desk.taken_in()
    (said,) = desk.shelf.said(LETTERS)
    event: LetterSubmitted = said.data
    assert [set(each or ()) for each in (event.words, event.contact, event.identity)] == [
        {"router", "intake"},
        {"notifier"},
        {"intake"},
    ]
    for_router = opened(said, "router").words
    assert isinstance(for_router, LetterText)
    assert (for_router.body, for_router.place_detail) == (TEXT, "无名路口")
    assert [one.what for one in for_router.own_spans] == ["name", "phone"]
    assert [one.what for one in for_router.subject_spans] == ["name"]
    assert opened(said, "notifier").contact == Contact(
        phone=SECOND_PHONE, email=EMAIL, wechat=WECHAT
    )
    assert opened(said, "intake").identity == Identity(
        name=NAME, id_number=ID_NUMBER, phone=PHONE, address=ADDRESS
    )
    assert (event.place.city, event.place.district) == ("guangzhou", "440104")
    assert (event.channel, event.consent_to_publish) == ("wechat", True)


async def test_whom_a_letter_complains_of_and_for_whom_it_is_written_is_said(desk: Front) -> None:
    about = {"kind": "unit", "bureau": "guangzhou", "level": "station", "police_type": "traffic"}
    await desk.taken_in(category="complaint", about=about, on_behalf="parent")
    (said,) = desk.shelf.said(LETTERS)
    assert said.data.about == About.model_validate(about)
    assert said.data.on_behalf == "parent"


@pytest.mark.parametrize(
    "over",
    [
        {"about": {"kind": "gossip"}},
        {"about": {"kind": "officer", "officer": "s-1"}},
        {"about": {"kind": "bureau", "bureau": "atlantis"}},
        {"about": "guangzhou"},
        {"on_behalf": "nobody"},
    ],
)
async def test_a_complaint_that_is_spelt_wrong_is_told_to_be(desk: Front, over: Any) -> None:
    answer = await desk.submit(**over)
    assert answer.status_code == 422
    assert "gossip" not in answer.text
    assert desk.shelf.said(LETTERS) == []


async def test_little_is_needed(desk: Front) -> None:
    answer = await desk.post(
        "/v1/letters", {"subject": "路牌", "body": "坏了", "category": "inquiry"}
    )
    assert answer.status_code == 201
    letter = await desk.letter(answer.json()["letter"])
    assert (letter.place.city, letter.consent_to_publish) == (None, False)
    assert letter.contact == Contact(phone=PHONE)


async def test_the_longest_letter_is_taken_in(desk: Front) -> None:
    number = await desk.taken_in(body="𠮷" * 10_000, subject="路" * 200)
    assert (await desk.get(f"/v1/letters/{number}")).json()["body"] == "𠮷" * 10_000


async def test_a_phone_is_needed_from_the_sign_in_or_the_letter(desk: Front) -> None:
    answer = await desk.submit("no-phone", contact={}, key="phone-key-1")
    assert is_problem(answer, "422 bad_value")
    assert desk.shelf.documents.kept == {}
    assert desk.keys.kept == {}
    again = await desk.submit("no-phone", contact={"phone": PHONE}, key="phone-key-1")
    assert again.status_code == 201


@pytest.mark.parametrize(
    "claims",
    [
        {"name": "名" * 300},
        {"id_number": "4" * 300},
        {"phone_number": "1" * 300},
        {"name": "\ud800"},
        {"sub": "\ud800 $a.b\n"},
    ],
    ids=["name", "id number", "phone", "half a character", "strange sub"],
)
async def test_a_sign_in_with_strange_claims_is_no_fault_of_ours(
    desk: Front, claims: dict[str, Any]
) -> None:
    given = token(claims.get("sub", "x"), at=desk.shelf.now(), **(CITIZEN | claims))
    for key in ("claim-key-1", "claim-key-1"):
        answer = await desk.post(
            "/v1/letters",
            {"subject": "路牌", "body": "坏了", "category": "inquiry"},
            who=None,
            key=key,
            authorization=f"Bearer {given}",
        )
        assert answer.status_code == (201 if "sub" in claims else 422)
    assert len(desk.shelf.documents.kept) == (1 if "sub" in claims else 0)


# --- once --------------------------------------------------------------------------------------


async def test_the_same_key_gives_the_same_letter_later_too(desk: Front) -> None:
    first = await desk.submit(key="same-key-1")
    desk.shelf.now.pass_by(minutes=50)
    again = await desk.submit(key="same-key-1")
    quoted = await desk.submit(key='"same-key-1"')
    assert first.json() == again.json() == quoted.json()
    assert {first.status_code, again.status_code} == {201}
    assert desk.shelf.said_types(LETTERS) == ["letter.submitted"]


async def test_the_same_key_with_another_letter_is_refused(desk: Front) -> None:
    await desk.submit(key="same-key-1")
    answer = await desk.submit(key="same-key-1", body="另一封信")
    assert is_problem(answer, "422 id_reused")
    assert len(desk.shelf.documents.kept) == 1


async def test_a_key_is_one_persons(desk: Front) -> None:
    mine = await desk.taken_in(key="same-key-1")
    theirs = await desk.taken_in("huang", key="same-key-1")
    assert mine != theirs


async def test_twenty_at_once_under_one_key_are_one_letter(desk: Front) -> None:
    answers = await asyncio.gather(*(desk.submit(key="same-key-1") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["letter"] for answer in answers}) == 1
    assert len(desk.shelf.documents.kept) == 1
    assert desk.shelf.said_types(LETTERS) == ["letter.submitted"]


async def test_twenty_different_letters_at_once_are_twenty(desk: Front) -> None:
    numbers = await asyncio.gather(*(desk.taken_in() for _ in range(20)))
    assert len(set(numbers)) == 20
    assert desk.shelf.said_types(LETTERS) == ["letter.submitted"] * 20


async def test_a_letter_whose_answer_got_lost_is_there_when_it_is_sent_again(desk: Front) -> None:
    desk.shelf.documents.failures.append("after")
    lost = await desk.submit(key="same-key-1")
    assert is_problem(lost, "503 not_ready")
    again = await desk.submit(key="same-key-1")
    assert again.status_code == 201
    assert len(desk.shelf.documents.kept) == 1
    assert desk.shelf.said_types(LETTERS) == ["letter.submitted"]


async def test_letters_and_repeats_are_counted(desk: Front) -> None:
    counted = SUBMITTED.labels("wechat", "request")
    before = (counted._value.get(), REPEATED._value.get())
    await desk.submit(key="same-key-1")
    desk.shelf.now.pass_by(seconds=1)
    await desk.submit(key="same-key-1")
    assert (counted._value.get(), REPEATED._value.get()) == (before[0] + 1, before[1] + 1)


# --- reading -----------------------------------------------------------------------------------


async def test_a_writer_follows_the_letter(desk: Front) -> None:
    number = await desk.taken_in()
    await desk.progress(number, received(), routed(), replied())
    shown = (await desk.get(f"/v1/letters/{number}")).json()
    assert (shown["state"], shown["state_zh"]) == ("replied", "已答复，请评价")
    assert (shown["bureau"], shown["reply_due_on"]) == ("guangzhou", "2026-12-08")
    assert (shown["subject"], shown["body"]) == (f"{NAME}反映路牌", TEXT)
    assert shown["reply"] == {
        "text": REPLY,
        "outcome": "resolved",
        "replied_at": "2026-11-24T04:00:00Z",
        "bureau": "guangzhou",
        "decline_reason": None,
        "outcome_zh": "已解决",
        "outcome_en": "resolved",
        "decline_reason_zh": None,
        "decline_reason_en": None,
        "where_to_turn": None,
        "turn_to": [],
        "answer_by": None,
    }
    assert shown["replies"] == [shown["reply"]]
    assert [one["what"] for one in shown["history"]] == [
        "letter.received",
        "letter.routed",
        "letter.replied",
    ]
    assert "g-17" not in str(shown)


async def test_the_list_holds_all_own_letters_newest_first_page_by_page(desk: Front) -> None:
    await desk.taken_in("huang")
    numbers = []
    for _ in range(43):
        desk.shelf.now.pass_by(seconds=1)
        numbers.append(await desk.taken_in())
    shown: list[str] = []
    after: str | None = None
    pages = 0
    while after or not pages:
        page = (await desk.get("/v1/letters", **({"after": after} if after else {}))).json()
        shown += [one["letter"] for one in page["letters"]]
        after, pages = page["next"], pages + 1
    assert shown == list(reversed(numbers))
    assert pages == 3


async def test_foreign_unknown_and_wrong_numbers_read_the_same(desk: Front) -> None:
    foreign = await desk.taken_in("huang")
    numbers = (foreign, OTHER, WRONG, "x", "%F0%28", "a" * 300, "$gt", "%00", "GD-")
    answers = [await desk.get(f"/v1/letters/{number}") for number in numbers]
    for action, content in (ASKS | CHANGES).items():
        answers += [
            await desk.post(f"/v1/letters/{number}/{action}", content) for number in numbers
        ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert (await desk.letter(foreign)).requests == ()
