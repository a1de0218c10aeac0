"""What editors can do over HTTP, and what everyone reads: escaped, and without a letter number."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from services.publisher.api import Desk
from services.publisher.domain import Command, Letter
from services.publisher.wiring import RULES, opened
from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.contracts.words import PublicText
from shared.kernel.letter_number import is_publication_id
from shared.platform.service import Readiness
from shared.platform.web import application
from shared.platform.tokens import Person
from tests.notifier.stage import KnownPeople, Stage, moment, staged
from tests.publisher.story import LETTER, OTHER, WORDS, answered, copied


def editor(name: str, auth_time: datetime) -> Person:
    return Person(name, roles=frozenset({"editor"}), auth_time=auth_time)


PEOPLE = {
    "mei": editor("s-4417", moment(27)),
    "zhou": editor("s-4418", moment(27)),
    "stale": editor("stale", moment(27, 11, 50)),
    "lin": Person("lin", roles=frozenset({"triage"}), auth_time=moment(27)),
    "chen": Person("chen", name="x", id_number="y", auth_time=moment(27)),
}

HOSTILE = PublicText(
    title="<script>alert(1)</script>\u202e\"'&",
    text="</div><img src=x onerror=alert(1)>\n{{ 7 * 7 }}{% raw %}",
    reply="<a href='javascript:alert(1)'>&amp;</a>",
)


@dataclass
class Face:
    """The publisher's faces, and whoever asks them."""

    stage: Stage[Command, Letter]
    client: httpx.AsyncClient

    async def draft(self, letter: str = LETTER, words: PublicText = WORDS) -> None:
        await self.stage.hear(PROGRESS.name, letter, *answered())
        await self.stage.hear(SUBMITTED.name, letter, copied(words))

    async def get(self, path: str, token: str | None = None) -> httpx.Response:
        return await self.client.get(path, headers=_headers(token))

    async def post(self, path: str, token: str | None, body: Any = None) -> httpx.Response:
        return await self.client.post(path, headers=_headers(token), json=body)

    async def publish(self, letter: str = LETTER, words: PublicText = WORDS) -> str:
        await self.draft(letter, words)
        await self.post(f"/v1/drafts/{letter}/proposal", "mei")
        answer = await self.post(f"/v1/drafts/{letter}/approval", "zhou")
        assert answer.status_code == 200, answer.text
        return str(answer.json()["publication"])


def _headers(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


@asynccontextmanager
async def faces() -> AsyncIterator[Face]:
    async with staged(RULES, at=moment(27)) as stage:
        desk = Desk(
            stage.documents, stage.commands.tell, state_of=stage.letters.state, now=stage.now
        )
        people = KnownPeople(PEOPLE, now=stage.now)
        app = opened(application("Publisher", verifier=people, ready=Readiness()), desk)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://publisher") as client:
            yield Face(stage, client)


# --- editors --------------------------------------------------------------------------------


async def test_two_editors_publish_a_draft() -> None:
    before = REGISTRY.get_sample_value("mailbox_publisher_publications_total") or 0
    async with faces() as face:
        await face.draft()
        listed = (await face.get("/v1/drafts", "mei")).json()
        assert [one["letter"] for one in listed["drafts"]] == [LETTER]
        assert listed["drafts"][0]["copy"] == 1
        proposed = (await face.post(f"/v1/drafts/{LETTER}/proposal", "mei", {"copy": 1})).json()
        assert (proposed["stage"], proposed["is_proposed_by_you"]) == ("proposed", True)
        seen = (await face.get(f"/v1/drafts/{LETTER}", "zhou")).json()
        assert (seen["text"], seen["is_proposed_by_you"]) == (WORDS.text, False)
        for _ in range(2):
            answer = await face.post(f"/v1/drafts/{LETTER}/approval", "zhou", {"copy": 1})
            assert answer.json()["stage"] == "published"
        assert is_publication_id(answer.json()["publication"])
        assert (await face.get("/v1/drafts", "mei")).json() == {"drafts": [], "next": None}
    assert REGISTRY.get_sample_value("mailbox_publisher_publications_total") == before + 1


async def test_an_editor_does_not_approve_what_they_proposed() -> None:
    async with faces() as face:
        await face.draft()
        await face.post(f"/v1/drafts/{LETTER}/proposal", "mei")
        answer = await face.post(f"/v1/drafts/{LETTER}/approval", "mei")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        assert (await face.post(f"/v1/drafts/{LETTER}/approval", "zhou")).status_code == 200


async def test_approval_needs_a_sign_in_of_the_last_five_minutes() -> None:
    async with faces() as face:
        await face.draft()
        await face.post(f"/v1/drafts/{LETTER}/proposal", "mei")
        answer = await face.post(f"/v1/drafts/{LETTER}/approval", "stale")
        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_again")
        assert (await face.get("/public/v1/publications")).json()["publications"] == []


async def test_an_editor_decides_on_the_copy_that_was_read() -> None:
    async with faces() as face:
        await face.draft()
        await face.stage.hear(SUBMITTED.name, LETTER, copied(copy=2))
        answer = await face.post(f"/v1/drafts/{LETTER}/proposal", "mei", {"copy": 1})
        assert (answer.status_code, answer.json()["code"]) == (409, "out_of_order")


EDITORS_ONLY = [
    ("GET", "/v1/drafts"),
    ("GET", f"/v1/drafts/{LETTER}"),
    ("POST", f"/v1/drafts/{LETTER}/proposal"),
    ("POST", f"/v1/drafts/{LETTER}/approval"),
]


@pytest.mark.parametrize(("token", "status"), [(None, 401), ("lin", 403), ("chen", 403)])
@pytest.mark.parametrize(("method", "path"), EDITORS_ONLY)
async def test_only_editors_come_to_the_desk(
    method: str, path: str, token: str | None, status: int
) -> None:
    async with faces() as face:
        await face.draft()
        answer = await face.client.request(method, path, headers=_headers(token))
        assert answer.status_code == status
        assert WORDS.title not in answer.text


@pytest.mark.parametrize("letter", [OTHER, "nonsense", "GD-' OR 1=1"])
async def test_a_letter_without_a_draft_is_not_found(letter: str) -> None:
    async with faces() as face:
        await face.draft()
        answers = [
            await face.get(f"/v1/drafts/{letter}", "mei"),
            await face.post(f"/v1/drafts/{letter}/proposal", "mei"),
            await face.post(f"/v1/drafts/{letter}/approval", "mei", {"copy": 1}),
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1
        assert letter not in face.stage.documents.kept


# --- everyone --------------------------------------------------------------------------------


async def test_everyone_reads_what_is_published() -> None:
    async with faces() as face:
        name = await face.publish()
        (listed,) = (await face.get("/public/v1/publications")).json()["publications"]
        shown = (await face.get(f"/public/v1/publications/{name}")).json()
    assert listed == {
        "publication": name,
        "path": f"/publications/{name}",
        "title": WORDS.title,
        "published_at": "2026-11-27T12:00:00Z",
        "category": "request",
        "topic": "traffic",
        "city": "guangzhou",
        "bureau": "guangzhou",
    }
    assert shown == listed | {"text": WORDS.text, "reply": WORDS.reply}


async def test_no_public_answer_names_a_letter_or_an_editor() -> None:
    async with faces() as face:
        name = await face.publish()
        for path in PUBLIC:
            answer = await face.get(path.format(name))
            said = f"{answer.url}{answer.headers}{answer.text}"
            assert answer.status_code == 200, path
            assert LETTER not in said
            assert LETTER[3:] not in said
            assert "s-441" not in said


PUBLIC = (
    "/",
    "/publications/{}",
    "/public/v1/publications",
    "/public/v1/publications/{}",
    "/static/publisher.css",
)


async def test_a_draft_is_not_public() -> None:
    async with faces() as face:
        await face.draft()
        await face.post(f"/v1/drafts/{LETTER}/proposal", "mei")
        assert WORDS.title not in (await face.get("/")).text
        assert (await face.get(f"/publications/{LETTER}")).status_code == 404
        assert (await face.get(f"/public/v1/publications/{LETTER}")).status_code == 404


async def test_the_next_page_is_named_by_what_was_read_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.publisher.store.MOST_ON_A_PAGE", 1)
    async with faces() as face:
        first = await face.publish()
        face.stage.now.pass_by(minutes=1)
        second = await face.publish(OTHER)
        page = (await face.get("/public/v1/publications")).json()
        assert [one["publication"] for one in page["publications"]] == [second]
        rest = (await face.get(f"/public/v1/publications?after={page['next']}")).json()
        assert [one["publication"] for one in rest["publications"]] == [first]
        assert rest["next"] is None
        (older,) = [link for link in read(await face.get("/")).links if "after" in link]
        assert read(await face.get(older)).links.count(f"/publications/{first}") == 1


async def test_a_broken_place_is_refused_as_data_and_is_the_beginning_as_a_page() -> None:
    async with faces() as face:
        name = await face.publish()
        assert (await face.get("/public/v1/publications?after=x")).status_code == 422
        assert f"/publications/{name}" in (await face.get("/?after=x")).text


# --- pages --------------------------------------------------------------------------------


class Reading(HTMLParser):
    """What a browser would make of a page: elements, links, and the text within."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.shown = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        given = [(name, value or "") for name, value in attrs]
        self.attributes += given
        self.links += [value for name, value in given if name == "href"]

    def handle_data(self, data: str) -> None:
        self.shown += data


def read(answer: httpx.Response) -> Reading:
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    reading = Reading()
    reading.feed(answer.text)
    return reading


async def test_hostile_words_are_shown_and_do_nothing() -> None:
    async with faces() as face:
        name = await face.publish(words=HOSTILE)
        page = read(await face.get(f"/publications/{name}"))
        front = read(await face.get("/"))
    for words in (HOSTILE.title, HOSTILE.text, HOSTILE.reply):
        assert words in page.shown
    assert HOSTILE.title in front.shown
    for reading in (page, front):
        assert not {"script", "img"} & set(reading.elements)
        assert not [name for name, _ in reading.attributes if name.startswith("on")]
        assert not [link for link in reading.links if not link.startswith(("/", "#"))]


async def test_a_page_is_chinese_with_english_labels_and_needs_no_script() -> None:
    async with faces() as face:
        name = await face.publish()
        page = read(await face.get(f"/publications/{name}"))
    assert ("lang", "zh-CN") in page.attributes
    assert ("lang", "en") in page.attributes
    assert ("name", "viewport") in page.attributes
    assert "script" not in page.elements
    assert "style" not in [name for name, _ in page.attributes]
    for shown in ("来信", "Letter", "答复", "Reply", "2026年11月27日", "广州市公安局", "求助"):
        assert shown in page.shown


async def test_every_page_has_one_heading_of_the_first_rank_and_a_main_part() -> None:
    async with faces() as face:
        name = await face.publish()
        for path in ("/", f"/publications/{name}", "/publications/none"):
            elements = read(await face.get(path)).elements
            assert (elements.count("h1"), elements.count("main")) == (1, 1)


async def test_an_empty_reading_room_says_so() -> None:
    async with faces() as face:
        answer = await face.get("/")
        assert answer.status_code == 200
        assert "还没有公开的答复" in read(answer).shown


async def test_a_missing_publication_is_a_page_too() -> None:
    async with faces() as face:
        answer = await face.get("/publications/P-0000-0000-0000-0000-0")
        assert answer.status_code == 404
        assert "没有找到" in read(answer).shown


async def test_the_style_is_ours_and_may_be_kept() -> None:
    async with faces() as face:
        answer = await face.get("/static/publisher.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert "url(" not in answer.text
    assert "@import" not in answer.text
