"""Search for staff: results by role, without a trace of letters that one may not see."""

from typing import Any

import httpx
import pytest

from services.router.store.documents import UNLISTED
from shared.contracts.submitted_v1 import LetterErased, WithdrawalRequested
from shared.contracts.topics import SUBMITTED
from shared.contracts.values import About
from shared.contracts.words import LetterText, Span
from shared.kernel.letter_number import new_letter_number
from tests.router.office import STAFF, Office, accepting
from tests.router.story import LETTER, MONDAY, NAME, OTHER, PHONE, receive

ANYBODY = sorted(set(STAFF) - {"mei", "du"})


async def ask(desk: Office, who: str | None = "lin", **asked: Any) -> httpx.Response:
    """One of the staff looks for letters."""
    return await desk.client.post("/v1/search", json=asked, headers=desk.headers(who))


async def found(desk: Office, who: str = "lin", **asked: Any) -> list[str]:
    """The numbers that are found, of all pages."""
    numbers: list[str] = []
    page = (await ask(desk, who, **asked)).json()
    numbers += [one["letter"] for one in page["letters"]]
    while page["next"]:
        page = (await ask(desk, who, **asked, after=page["next"])).json()
        numbers += [one["letter"] for one in page["letters"]]
    return numbers


async def write(desk: Office, number: str, text: str, city: Any = "guangzhou", **over: Any) -> None:
    """A letter comes, and is listed."""
    words = LetterText(subject=over.pop("subject", "来信"), body=text)
    await desk.receive(number, receive(city, words=words, **over))
    while await desk.cataloguing.look():
        pass


def numbered(count: int) -> list[str]:
    """That many letter numbers."""
    return [new_letter_number(number.to_bytes(2, "big") * 5) for number in range(count)]


# --- what is found -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "路灯", "路灯坏了", "坏了 村口", "ＬＥＤ", "led路灯", "燈壞了", "粤A12345", "a12345",
        "street lamp", "Lamp-post", "灯坏了三个",
    ],
)  # fmt: skip
async def test_words_are_found_however_they_are_typed(desk: Office, words: str) -> None:
    text = "村口的LED路灯坏了三个月，车牌粤A12345撞的。The street lamp-post is broken."
    await write(desk, LETTER, text)
    await write(desk, OTHER, "小区门口的井盖不见了。")
    assert await found(desk, words=words) == [LETTER]


@pytest.mark.parametrize(
    "words", ["路灯 井盖", "灯路", "xyz", "坏了路灯", "B12345", "street  井盖"]
)
async def test_all_words_must_stand_there_as_typed(desk: Office, words: str) -> None:
    await write(desk, LETTER, "村口的路灯坏了，车牌粤A12345。On our street.")
    await write(desk, OTHER, "小区门口的井盖不见了。")
    assert await found(desk, words=words) == []


async def test_the_subject_and_the_beginning_are_searched(desk: Office) -> None:
    await write(desk, LETTER, "字" * 396 + "井盖不见" + "消防通道", subject="夜市扰民")
    assert await found(desk, words="夜市扰民") == [LETTER]
    assert await found(desk, words="井盖不见") == [LETTER]
    assert await found(desk, words="消防通道") == []


async def test_codes_and_days_narrow_what_is_found(desk: Office) -> None:
    await write(desk, LETTER, "路灯坏了", "guangzhou")
    await write(desk, OTHER, "路灯坏了", "foshan", category="suggestion", received_at=MONDAY)
    await desk.act(accepting())
    asked: list[tuple[dict[str, Any], list[str]]] = [
        ({"holder": "guangzhou"}, [LETTER]),
        ({"state": "handling"}, [LETTER]),
        ({"holder": "foshan", "state": "handling"}, []),
        ({"category": "suggestion"}, [OTHER]),
        ({"city": "foshan"}, [OTHER]),
        ({"district": "440104"}, sorted([LETTER, OTHER], reverse=True)),
        ({"district": "440105"}, []),
        ({"due_until": "2026-11-24", "holder": "foshan"}, [OTHER]),
        ({"due_until": "2026-11-23"}, []),
        (
            {"received_from": "2026-11-23", "received_until": "2026-11-23", "state": "routed"},
            [OTHER],
        ),
        ({"received_from": "2026-11-24"}, []),
        ({"received_until": "2026-11-22"}, []),
    ]
    for codes, wanted in asked:
        assert await found(desk, **codes) == wanted, codes
        assert await found(desk, words="路灯", **codes) == wanted, codes


@pytest.mark.parametrize("typed", [LETTER, LETTER.lower(), LETTER.replace("-", "")])
async def test_a_number_is_found_as_people_type_it(desk: Office, typed: str) -> None:
    await write(desk, LETTER, "路灯坏了")
    assert await found(desk, number=typed) == [LETTER]
    assert await found(desk, number=typed, words="路灯") == [LETTER]
    assert await found(desk, number=typed, words="井盖") == []
    assert await found(desk, "fs", number=typed) == []
    assert await found(desk, number=OTHER) == []


async def test_a_hit_shows_what_a_list_shows(desk: Office) -> None:
    await write(desk, LETTER, "路灯坏了", subject="夜市")
    (hit,) = (await ask(desk, "gz", words="路灯")).json()["letters"]
    assert hit == {
        "letter": LETTER,
        "sight": "all",
        "received_at": "2026-11-23T02:00:00Z",
        "state": "routed",
        "holder": "guangzhou",
        "category": "request",
        "supervised": False,
        "due_at": "2026-11-24T16:00:00Z",
        "subject": "夜市",
    }


# --- who finds what ------------------------------------------------------------------------------


async def test_nobody_finds_what_they_may_not_see(desk: Office) -> None:
    about = About(kind="bureau", bureau="guangzhou")
    await write(desk, LETTER, "路灯坏了", "guangzhou", category="complaint", about=about)
    await write(desk, OTHER, "路灯坏了", "guangzhou")
    for who in ANYBODY:
        answer = await desk.get(f"/v1/letters/{LETTER}", who)
        sees = answer.status_code == 200 and answer.json()["sight"] in ("all", "past")
        for asked in ({"words": "路灯"}, {"words": "路灯", "city": "guangzhou"}):
            assert (LETTER in await found(desk, who, **asked)) == sees, who
        assert (LETTER in await found(desk, who)) == (answer.status_code == 200), who


async def test_marks_that_are_out_of_date_show_nothing(desk: Office) -> None:
    about = About(kind="bureau", bureau="guangzhou")
    await write(desk, LETTER, "路灯坏了", "guangzhou", category="complaint", about=about)
    stale = {"open_to": ["all/bureau:guangzhou:handler"], "kept_from": []}
    desk.shelf.documents.kept[LETTER].update(stale)
    for asked in ({"words": "路灯"}, {"city": "guangzhou"}, {"number": LETTER}):
        assert await found(desk, "gz", **asked) == []


async def test_whoever_reads_no_words_finds_none_by_them(desk: Office) -> None:
    await write(desk, LETTER, "路灯坏了")
    assert await found(desk, "he", words="路灯") == []
    assert await found(desk, "he", number=LETTER, words="路灯") == []
    (hit,) = (await ask(desk, "he", city="guangzhou")).json()["letters"]
    assert (hit["letter"], hit["sight"], hit["subject"]) == (LETTER, "course", None)


async def test_a_former_holder_finds_by_what_it_was_told_and_not_by_what_is_so_now(
    desk: Office,
) -> None:
    await write(desk, LETTER, "路灯坏了")
    path, headers = f"/v1/letters/{LETTER}/recall", desk.headers("wu")
    headers["idempotency-key"] = "recall-0001"
    asked = {"reason": "wrong_bureau"}
    assert (await desk.client.post(path, json=asked, headers=headers)).status_code == 200
    (hit,) = (await ask(desk, "gz", words="路灯")).json()["letters"]
    assert {name for name, value in hit.items() if value is not None} == {
        "letter", "sight", "received_at", "subject",
    }  # fmt: skip
    assert await found(desk, "gz", city="guangzhou") == [LETTER]
    for now in ({"state": "triage"}, {"holder": "triage"}, {"category": "request"},
                {"due_until": "2026-12-31"}):  # fmt: skip
        assert await found(desk, "lin", **now) == [LETTER]
        assert await found(desk, "gz", **now) == []
        assert await found(desk, "gz", words="路灯", **now) == []
        assert await found(desk, "gz", number=LETTER, **now) == []


async def test_the_writer_is_found_by_nobody(desk: Office) -> None:
    body = f"我叫{NAME}，电话{PHONE}，邻居电话13900001111，路灯坏了。"
    spans = (Span(start=2, end=5, what="name"), Span(start=8, end=19, what="phone"))
    words = LetterText(subject=f"{NAME}来信", body=body, own_spans=spans,
                       subject_spans=(Span(start=0, end=3, what="name"),))  # fmt: skip
    await desk.receive(LETTER, receive("guangzhou", words=words))
    await desk.cataloguing.look()
    assert await found(desk, words="路灯坏了") == [LETTER]
    for typed in (NAME, PHONE, PHONE[-8:], "13900001111", "何田", "我叫何"):
        for who in ("lin", "wu", "gz", "di"):
            assert await found(desk, who, words=typed) == []


async def test_a_masked_subject_is_masked_in_hits_and_lists(desk: Office) -> None:
    await desk.receive(LETTER, receive("guangzhou", category="complaint"))
    await desk.cataloguing.look()
    for answer in (
        await ask(desk, "gz", words="路灯问题"),
        await desk.get("/v1/letters", "gz", state="routed"),
    ):
        assert LETTER in answer.text
        assert NAME not in answer.text
        assert "〔本人姓名〕" in answer.text


async def erase(desk: Office) -> None:
    """The letter's writer takes it back, and its words' time is over."""
    gone = LetterErased(what=("words",), rule="letters.five_years")
    back = WithdrawalRequested(request_id="r-1", reason="mistake")
    await desk.shelf.hear_events(SUBMITTED.name, LETTER, back, gone)


# --- erased --------------------------------------------------------------------------------------


async def test_an_erased_letter_leaves_the_catalogue(desk: Office) -> None:
    await write(desk, LETTER, "路灯坏了")
    entries = desk.cataloguing._catalogue._words
    assert await entries.one({"_id": LETTER})
    await erase(desk)
    assert await found(desk, words="路灯") == [], "not even before the catalogue knows"
    assert await desk.cataloguing.look() == 1
    assert await entries.one({"_id": LETTER}) is None
    assert await found(desk, city="guangzhou") == [LETTER]
    assert UNLISTED not in desk.shelf.documents.kept[LETTER]
