"""Similar letters are shown beside each other, and linked only by people."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.router.store import near_duplicates
from shared.contracts.topics import PROGRESS
from shared.contracts.values import About
from shared.kernel.letter_number import new_letter_number
from tests.intake.faces import is_problem
from tests.router.office import Office
from tests.router.story import LETTER, MONDAY, OTHER
from tests.router.test_search import erase, numbered, write

TEXT = (
    "我们小区南门的路灯从国庆节以后一直不亮，晚上老人和孩子出门很不安全，已经有两个人摔倒。"
    "物业说路灯归市政，市政说归小区，等了一个多月还是老样子，请领导派人看一看，尽快修好。"
)
CHANGED = TEXT.replace("南门", "北门").replace("两个人", "三位老人")
UNLIKE = (
    "上周五办理身份证的时候窗口说照片不合格，让我回去重拍，可是照相馆说从来没有被退过，"
    "请问标准到底是什么，能不能写在墙上，免得大家白跑一趟，浪费半天时间还要再请假。"
)


async def alike(desk: Office, number: str = LETTER, who: str = "lin") -> list[tuple[str, str]]:
    """The letters shown beside one, and how similar they are."""
    seen = (await desk.get(f"/v1/letters/{number}", who)).json()
    return [(one["letter"], one["how"]) for one in seen["alike"]]


async def link(desk: Office, kind: str, other: str, **over: Any) -> httpx.Response:
    """A person links the letter."""
    headers = desk.headers(over.get("who", "gz")) | {
        "idempotency-key": over.get("key", "link-0001")
    }
    path = f"/v1/letters/{LETTER}/link"
    answer = await desk.client.post(path, json={"kind": kind, "with": other}, headers=headers)
    await desk.shelf.quiet()
    return answer


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (TEXT, "same"),
        (TEXT.replace("，", " ").replace("。", "！"), "same"),
        (TEXT.replace("领导", "領導"), "same"),
        (CHANGED, "near"),
        (UNLIKE, None),
        ("路灯不亮", None),
    ],
)
async def test_what_says_the_same_is_shown_beside_it(
    desk: Office, text: str, how: str | None
) -> None:
    await write(desk, LETTER, TEXT)
    await write(desk, OTHER, text, "foshan")
    assert await alike(desk) == ([(OTHER, how)] if how else [])
    assert await alike(desk, OTHER) == ([(LETTER, how)] if how else [])


@pytest.mark.parametrize(("days", "is_alike"), [(30, True), (31, False), (-30, True), (-31, False)])
async def test_only_within_a_month(desk: Office, days: int, is_alike: bool) -> None:
    first = MONDAY - timedelta(days=31)
    await write(desk, LETTER, TEXT, received_at=first)
    await write(desk, OTHER, TEXT, received_at=first + timedelta(days=days))
    assert bool(await alike(desk)) == is_alike


async def test_nobody_is_shown_a_letter_that_they_may_not_see(desk: Office) -> None:
    third = new_letter_number(b"third-one!")
    about = About(kind="bureau", level="province")
    await write(desk, LETTER, TEXT)
    await write(desk, OTHER, TEXT, "foshan")
    await write(desk, third, TEXT, "guangzhou", category="complaint", about=about)
    assert await alike(desk, who="lin") == [(OTHER, "same")]
    assert await alike(desk, who="gz") == []
    assert (await link(desk, "duplicate", OTHER)).status_code == 200
    seen = {who: (await desk.get(f"/v1/letters/{LETTER}", who)).json() for who in ("lin", "gz")}
    assert seen["lin"]["links"] == [{"kind": "duplicate", "to": OTHER}]
    assert seen["gz"]["links"] == []
    assert (await desk.get(f"/v1/letters/{LETTER}", "he")).json()["alike"] == []


async def test_the_desk_sees_how_many_are_alike(desk: Office) -> None:
    for number in (LETTER, OTHER):
        await write(desk, number, TEXT, None)
    listed = (await desk.get("/v1/triage")).json()["letters"]
    assert [one["alike"] for one in listed] == [1, 1]


async def test_only_people_say_that_letters_belong_together(desk: Office) -> None:
    await write(desk, LETTER, TEXT)
    await write(desk, OTHER, TEXT)
    assert "letter.linked" not in desk.shelf.said_types(PROGRESS.name)
    assert (await link(desk, "duplicate", OTHER)).status_code == 200
    assert (await link(desk, "campaign", "lamps-2026", key="link-0002")).status_code == 200
    said = desk.shelf.said_types(PROGRESS.name)
    assert said.count("letter.linked") == 2
    (other,) = (await desk.get(f"/v1/letters/{OTHER}")).json()["alike"]
    assert other["campaigns"] == ["lamps-2026"]
    assert is_problem(await link(desk, "campaign", "路灯", key="link-0003"), "422 invalid")
    assert is_problem(await link(desk, "duplicate", LETTER, key="link-0004"), "422 bad_value")
    assert is_problem(await link(desk, "duplicate", OTHER, who="fs"), "404 not_found")


async def test_a_campaign_of_any_size_costs_no_more(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_duplicates, "MOST_HELD", 5)
    for number in [LETTER, *numbered(9)]:
        await write(desk, number, TEXT)
    assert 4 <= len(await alike(desk)) <= 5


async def test_an_erased_letter_is_like_no_other(desk: Office) -> None:
    await write(desk, LETTER, TEXT)
    await write(desk, OTHER, TEXT)
    await erase(desk)
    assert await alike(desk, OTHER) == []
    await desk.cataloguing.look()
    assert await alike(desk, OTHER) == []
    assert await alike(desk, LETTER) == []
