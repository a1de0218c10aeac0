"""The duty desk in a browser: whole without scripts, escaped, and acting twice is acting once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from typing_extensions import override

from shared.contracts.topics import DIVERTED, SUBMITTED
from tests.intake.emergencies import (
    STOP,
    diverted,
    guarded_front,
    kept,
    page,
    send,
)
from tests.intake.front import Front
from tests.intake.hostile import MARKER
from tests.intake.story import NAME, SECOND_PHONE


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened_front:
        yield opened_front


class Outline(HTMLParser):
    """The parts of a page that matter to a screen reader."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


async def test_the_queue_shows_words_contact_place_and_age(desk: Front) -> None:
    number = await diverted(desk)
    desk.shelf.now.pass_by(seconds=90)
    shown = await page(desk)
    assert shown.status_code == 200
    for said in (number, f"写明{STOP}的信", NAME, SECOND_PHONE, "广州", "无名路口", "1 分 30 秒"):
        assert said in shown.text
    assert f'href="tel:{SECOND_PHONE}"' in shown.text
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
        assert "<script" not in shown
        assert "<img" not in shown
        assert "<b>" not in shown


async def test_pages_need_no_script_and_nothing_from_elsewhere(desk: Front) -> None:
    number = await diverted(desk)
    for path in ("", f"/{number}", f"/{number}/writer", "/D-none"):
        shown = await page(desk, path)
        policy = shown.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert shown.headers["cache-control"] == "no-store"
        assert shown.headers["referrer-policy"] == "no-referrer"
        outline = Outline(shown.text)
        assert not outline.all("script")
        assert not [attrs for _, attrs in outline.tags if "style" in attrs]
        assert [one["href"] for one in outline.all("link")] == [
            "/favicon.svg",
            "/duty/static/duty.css",
        ]
    style = await desk.client.get("/duty/static/duty.css")
    assert (style.status_code, "url(" in style.text) == (200, False)


async def test_pages_can_be_heard(desk: Front) -> None:
    number = await diverted(desk)
    for path in ("", f"/{number}", f"/{number}/writer"):
        text = (await page(desk, path)).text
        outline = Outline(text)
        assert outline.all("html") == [{"lang": "zh-CN"}]
        assert len(outline.all("main")) == 1
        headings = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
        assert headings[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(headings))
        ids = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]
        assert len(ids) == len(set(ids))
        named = {
            attrs["aria-labelledby"] for _, attrs in outline.tags if "aria-labelledby" in attrs
        }
        assert named <= set(ids)
        fields = re.findall(r"<label[^>]*>(?:(?!</label>).)*<input", text, re.DOTALL)
        assert len(fields) == len(
            [one for one in outline.all("input") if one.get("type") != "hidden"]
        )


async def test_the_queue_refreshes_by_itself_until_one_stops_it(desk: Front) -> None:
    number = await diverted(desk)
    assert 'http-equiv="refresh"' in (await page(desk)).text
    for path in ("?refresh=off", f"/{number}", "?standing=unseen"):
        assert 'http-equiv="refresh"' not in (await page(desk, path)).text


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
        assert (answer.status_code, answer.headers["location"]) == (303, f"/duty/{number}")
    for _ in range(2):
        answer = await send(desk, f"/{number}/resolve", "outcome=handed_to_110&reference=JQ-7")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/duty/{number}")
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
    "fields",
    [
        "",
        "outcome=",
        f"outcome={MARKER}",
        "outcome=handed_to_110",
        f"outcome=handed_to_110&reference=%20{MARKER}%20x",
        "outcome=called_back&reference=JQ-7",
        "outcome=called_back&number=JQ-7",
        "outcome=called_back&outcome=false_alarm",
        "outcome=called_back&a=1&b=2&c=3&d=4&e=5",
        "outcome=%ff",
        "outcome",
        "\u4e00",
        f'{{"outcome": "{MARKER}"}}',
    ],
)
async def test_what_is_no_resolution_is_not_recorded(desk: Front, fields: str) -> None:
    number = await diverted(desk)
    answer = await send(desk, f"/{number}/resolve", fields)
    assert answer.status_code in {403, 422}
    assert answer.status_code == 403 or 'role="alert"' in answer.text
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
    assert all("没有找到" in answer.text and MARKER not in answer.text for answer in answers)
