"""The duty desk's pages: whole without scripts, escaped, and acting twice is acting once."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.contracts.topics import DIVERTED, SUBMITTED
from tests.intake.emergencies import (
    STOP,
    diverted,
    guarded_front,
    kept,
    on_duty,
    page,
    send,
)
from tests.intake.front import Front
from tests.intake.hostile import MARKER
from tests.intake.story import NAME, SECOND_PHONE
from tests.support.page_outline import PageOutline, page_faults


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened_front:
        yield opened_front


async def test_the_queue_shows_words_contact_place_and_age(desk: Front) -> None:
    number = await diverted(desk)
    desk.shelf.now.pass_by(seconds=90)
    shown = await page(desk)
    assert shown.status_code == 200
    for said in (number, f"写明{STOP}的信", NAME, SECOND_PHONE, "广州", "无名路口", "020-110"):
        assert said in shown.text
    assert f'href="tel:{SECOND_PHONE}"' in shown.text
    assert 'href="tel:020110"' in shown.text
    assert shown.text.count("已等") == 1
    assert "<title>(1) 值班台" in shown.text


async def test_what_waits_too_long_says_so(desk: Front) -> None:
    await diverted(desk)
    assert "已超时" not in (await page(desk)).text
    desk.shelf.now.pass_by(minutes=5)
    assert "已超时" in (await page(desk)).text


async def test_what_people_wrote_is_text_and_nothing_else(desk: Front) -> None:
    trick = f"{STOP}<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"
    number = await diverted(desk, body=trick, address="<b>无名路</b>")
    for path in ("", f"/{number}"):
        shown = (await page(desk, path)).text
        assert "&lt;script&gt;" in shown
        assert shown.count("<script") == 1
        assert "<img" not in shown
        assert "<b>" not in shown


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
async def test_pages_are_whole_in_one_language(desk: Front, lang: str) -> None:
    number = await diverted(desk)
    desk.client.cookies.set("mailbox_lang", lang)
    for path in ("", f"/{number}", f"/{number}/writer", "/D-none"):
        shown = await page(desk, path)
        assert page_faults(shown.text, lang=lang) == []
        policy = shown.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert shown.headers["cache-control"] == "no-store"
        assert shown.headers["referrer-policy"] == "no-referrer"
        assert ("值班台" in shown.text) == (lang == "zh-CN")
        assert ("Duty desk" in shown.text) == (lang == "en")


async def test_the_queue_refreshes_by_itself_until_one_stops_it(desk: Front) -> None:
    number = await diverted(desk)
    first = await page(desk)
    assert first.headers["refresh"] == "10"
    assert 'href="/duty?refresh=off"' in first.text
    for path in ("?refresh=off", f"/{number}", "?standing=unseen"):
        assert "refresh" not in (await page(desk, path)).headers


async def test_a_diversion_says_who_has_seen_and_opened_it(desk: Front) -> None:
    number = await diverted(desk)
    await on_duty(desk, f"/{number}", who="d-0099")
    unseen = await page(desk, f"/{number}")
    assert "无人查看" in unseen.text
    assert "d-0099" in unseen.text
    await on_duty(desk, f"/{number}/seen", None, who="d-0099")
    assert "d-0099，" in (await page(desk)).text
    assert (await kept(desk, number)).seen_by == "d-0099"


async def test_long_lists_go_on(desk: Front) -> None:
    numbers = []
    for number in range(51):
        numbers.append(await diverted(desk, who=f"writer-{number}"))
        desk.shelf.now.pass_by(seconds=1)
    first = (await page(desk)).text
    (more,) = re.findall(r'href="(/duty\?standing=unseen[^"]*)"', first)
    assert numbers[-1] not in first
    rest = await page(desk, more.removeprefix("/duty").replace("&amp;", "&"))
    assert numbers[-1] in rest.text
    assert numbers[0] not in rest.text
    assert numbers[0] in (await page(desk, f"?standing=unseen&after={MARKER}")).text


async def test_seen_and_resolved_by_forms_once(desk: Front) -> None:
    number = await diverted(desk)
    for _ in range(2):
        answer = await send(desk, f"/{number}/seen")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/duty/{number}?done=seen"
    assert "您已查看" in (await page(desk, f"/{number}?done=seen")).text
    for _ in range(2):
        answer = await send(desk, f"/{number}/resolve", "outcome=handed_to_110&reference=JQ-7")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/duty/{number}?done=resolved"
    assert desk.shelf.said_types(DIVERTED.name) == [
        "letter.diverted",
        "duty.seen",
        "diversion.resolved",
    ]
    shown = (await page(desk, f"/{number}")).text
    assert "JQ-7" in shown
    assert 'name="outcome"' not in shown


async def test_a_false_alarm_is_a_letter_then(desk: Front) -> None:
    number = await diverted(desk)
    await send(desk, f"/{number}/resolve", "outcome=false_alarm&reference=")
    (said,) = desk.shelf.said(SUBMITTED.name)
    assert said.subject in (await page(desk, f"/{number}")).text


async def test_another_outcome_changes_nothing_and_says_so(desk: Front) -> None:
    number = await diverted(desk)
    await send(desk, f"/{number}/resolve", "outcome=called_back")
    answer = await send(desk, f"/{number}/resolve", "outcome=false_alarm")
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert (await kept(desk, number)).outcome == "called_back"


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ("outcome=", "outcome", "请选择处置结果"),
        (f"outcome={MARKER}", "outcome", "请选择处置结果"),
        ("number=JQ-7", "outcome", "请选择处置结果"),
        ("outcome=called_back&outcome=false_alarm", "outcome", "请选择处置结果"),
        ("outcome=handed_to_110", "reference", "请填写 110 的接警编号"),
        ("outcome=handed_to_110&reference=%20a%20b", "reference", "只能用字母、数字"),
        ("outcome=called_back&reference=JQ-7", "reference", "未移交 110 的，不填接警编号"),
    ],
)
async def test_an_error_stands_beside_its_field_and_the_choice_stays(
    desk: Front, fields: str, field: str, message: str
) -> None:
    number = await diverted(desk)
    answer = await send(desk, f"/{number}/resolve", fields)
    assert answer.status_code == 422
    outline = PageOutline(answer.text)
    assert "#" + field in [attrs.get("href") for attrs in outline.all("a")]
    assert re.search(f'id="{field}-error"[^>]*>(<span[^>]*>[^<]*</span>)?{message}', answer.text)
    assert MARKER not in answer.text
    chosen = [one.get("value") for one in outline.all("input") if "checked" in one]
    assert chosen == [code for code in ("handed_to_110", "called_back") if code in fields][:1] or (
        fields.count("outcome=") > 1
    )
    if "reference=" in fields:
        values = [one.get("value") for one in outline.all("input") if one.get("id") == "reference"]
        assert values[0] in ("JQ-7", " a b")
    assert desk.shelf.said_types(DIVERTED.name) == ["letter.diverted"]


@pytest.mark.parametrize(
    "fields", ["outcome=%ff", "outcome", "\u4e00", f'{{"outcome": "{MARKER}"}}']
)
async def test_what_no_page_sends_is_refused(desk: Front, fields: str) -> None:
    number = await diverted(desk)
    answer = await send(desk, f"/{number}/resolve", fields)
    assert answer.status_code in {403, 422}
    assert MARKER not in answer.text
    assert desk.shelf.said_types(DIVERTED.name) == ["letter.diverted"]


@pytest.mark.parametrize("path", ["/D-0000-0000-0000-0000-0", f"/{MARKER}"])
async def test_what_is_not_there_is_a_page_that_says_so(desk: Front, path: str) -> None:
    answers = [
        await page(desk, path),
        await send(desk, f"{path}/seen"),
        await send(desk, f"{path}/resolve", "outcome=called_back"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    for answer in answers:
        text = PageOutline(answer.text).text
        assert "没有找到" in text
        assert MARKER not in text
