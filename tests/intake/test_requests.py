"""Asking about a letter over HTTP: once, by its writer; and who comes in, and what fails."""

import asyncio
import json
import logging
from typing import Any

import pytest
from prometheus_client import REGISTRY
from prometheus_client.exposition import generate_latest

from shared.contracts import topics
from shared.platform.runtime.logs import JsonLines
from tests.intake.faces import is_problem
from tests.intake.front import ASKS, CHANGES, RATING, SAID, Front
from tests.intake.story import NAME, PHONE, rated, refused
from tests.support.sealed_shell import opened

LETTERS = topics.SUBMITTED.name
# --- asking ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ASKS)
async def test_a_request_is_sent_once_and_shown_as_sent(desk: Front, kind: str) -> None:
    number = await desk.taken_in()
    path = f"/v1/letters/{number}/{kind}"
    answers = await asyncio.gather(*(desk.post(path, ASKS[kind]) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {202}
    (request_id,) = {answer.json()["request_id"] for answer in answers}
    shown = (await desk.get(f"/v1/letters/{number}")).json()["requests"]
    assert shown == [
        {
            "request_id": request_id,
            "kind": kind,
            "status": "sent",
            "code": None,
            "code_zh": None,
            "code_en": None,
            "question": ASKS[kind].get("question"),
            "text": ASKS[kind].get("text") or ASKS[kind].get("comment"),
            "is_late": False,
        }
    ]
    assert len(desk.shelf.said(LETTERS)) == 2


async def test_the_outcome_of_each_request_is_shown(desk: Front) -> None:
    number = await desk.taken_in()
    path = f"/v1/letters/{number}"
    taken_back = (await desk.post(f"{path}/withdrawal", {})).json()["request_id"]
    rating = (await desk.post(f"{path}/rating", RATING)).json()["request_id"]
    await desk.progress(number, refused(taken_back, "too_late"), rated())
    shown = (await desk.get(path)).json()["requests"]
    assert [(one["request_id"], one["status"], one["code"]) for one in shown] == [
        (taken_back, "refused", "too_late"),
        (rating, "done", None),
    ]


async def test_the_same_key_with_another_rating_is_refused(desk: Front) -> None:
    path = f"/v1/letters/{await desk.taken_in()}/rating"
    await desk.post(path, RATING)
    assert is_problem(await desk.post(path, {**RATING, "score": 1}), "422 id_reused")
    another = await desk.post(path, {**RATING, "score": 1}, key="key-00002")
    assert another.status_code == 202


@pytest.mark.parametrize("kind", sorted(ASKS.keys() - {"rating", "withdrawal"}))
async def test_what_is_said_opens_for_the_router_with_own_values_marked(
    desk: Front, kind: str
) -> None:
    number = await desk.taken_in()
    await desk.post(f"/v1/letters/{number}/{kind}", ASKS[kind])
    said = desk.shelf.said(LETTERS)[-1]
    assert set(said.data.words) == {"router", "intake"}
    words = opened(said, "router").words
    assert words.text == SAID
    assert [(one.start, one.end, one.what) for one in words.own_spans] == [(2, 5, "name")]


async def test_a_comment_opens_for_the_router_with_own_values_marked(desk: Front) -> None:
    number = await desk.taken_in()
    rating = {**RATING, "comment": f"{PHONE}打不通"}
    await desk.post(f"/v1/letters/{number}/rating", rating)
    words = opened(desk.shelf.said(LETTERS)[-1], "router").words
    assert [one.what for one in words.own_spans] == ["phone"]


async def test_requests_are_limited(desk: Front) -> None:
    path = f"/v1/letters/{await desk.taken_in()}/withdrawal"
    answers = [await desk.post(path, {}, key=f"key-{number:05}") for number in range(51)]
    assert [answer.status_code for answer in answers] == [202] * 50 + [429]
    assert (await desk.post(path, {}, key="key-00000")).status_code == 202


async def test_nothing_that_is_asked_stands_in_a_log_a_metric_a_document_or_on_a_topic(
    desk: Front, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    number = await desk.taken_in()
    for kind, content in (ASKS | CHANGES).items():
        await desk.post(f"/v1/letters/{number}/{kind}", content)
        await desk.post(f"/v1/letters/{number}/{kind}", content, who="huang")
    sent = [record.value.decode() for record in desk.shelf.bus.records(LETTERS)]
    assert len(sent) == 1 + len(ASKS) + len(CHANGES)
    kept = json.dumps(desk.shelf.documents.kept, default=str, ensure_ascii=False)
    lines = "\n".join(map(JsonLines("test").format, caplog.records))
    for shown in (caplog.text, lines, generate_latest(REGISTRY).decode(), kept, *sent):
        assert not [secret for secret in (NAME, "修好", PHONE) if secret in shown]


# --- who comes in, and what fails --------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (None, 401, "not_signed_in"),
        ("lin", 403, "not_allowed"),
        ("lin-by-name", 403, "not_allowed"),
        ("no-name", 403, "not_allowed"),
    ],
)
async def test_only_citizens_with_a_verified_name_come_in(
    desk: Front, who: str | None, status: int, code: str
) -> None:
    number = await desk.taken_in()
    answers = [
        await desk.get("/v1/letters", who),
        await desk.get(f"/v1/letters/{number}", who),
        await desk.post("/v1/letters", {}, who=who),
        *[
            await desk.post(f"/v1/letters/{number}/{kind}", content, who=who)
            for kind, content in (ASKS | CHANGES).items()
        ],
    ]
    assert all(is_problem(answer, f"{status} {code}") for answer in answers)
    assert (answers[0].headers.get("www-authenticate") is not None) == (status == 401)


async def test_a_database_that_is_away_is_said_to_be_and_nothing_is_half_done(desk: Front) -> None:
    number = await desk.taken_in()
    kept = desk.shelf.documents
    asks: list[Any] = [
        lambda: desk.get("/v1/letters"),
        lambda: desk.get(f"/v1/letters/{number}"),
        lambda: desk.post(f"/v1/letters/{number}/withdrawal", {}),
    ]
    for ask in asks:
        kept.unread.append(True)
        answer = await ask()
        assert is_problem(answer, "503 not_ready")
        assert answer.headers["retry-after"]
    kept.failures.append("before")
    assert is_problem(await desk.submit(key="later-key-1"), "503 not_ready")
    desk.keys.failures.append("before")
    assert is_problem(await desk.submit(key="later-key-2"), "503 not_ready")
    assert list(kept.kept) == [number]
    assert (await desk.submit(key="later-key-1")).status_code == 201
    assert (await desk.submit(key="later-key-2")).status_code == 201


@pytest.mark.parametrize("failure", ["before", "after", "partly"])
@pytest.mark.parametrize("where", ["the number", "the letter"])
async def test_a_letter_whose_write_is_in_doubt_is_sent_again_and_taken_in_once(
    desk: Front, where: str, failure: Any
) -> None:
    kept = desk.keys if where == "the number" else desk.shelf.documents
    kept.failures.append(failure)
    answer = await desk.submit(key="doubtful-key")
    assert is_problem(answer, "503 not_ready")
    assert answer.headers["retry-after"] == "5"
    desk.shelf.now.pass_by(seconds=5)
    again = [await desk.submit(key="doubtful-key") for _ in range(2)]
    assert [one.status_code for one in again] == [201, 201]
    assert again[0].json() == again[1].json()
    assert list(desk.shelf.documents.kept) == [again[0].json()["letter"]]
    assert len(desk.keys.kept) == 1
    assert len(desk.shelf.documents.kept[again[0].json()["letter"]]["log"]) == 1
    assert len(desk.shelf.said(LETTERS)) == 1


@pytest.mark.parametrize("failure", ["before", "after"])
@pytest.mark.parametrize("kind", ASKS)
async def test_a_request_whose_write_is_in_doubt_is_sent_again_and_happens_once(
    desk: Front, kind: str, failure: Any
) -> None:
    number = await desk.taken_in()
    path = f"/v1/letters/{number}/{kind}"
    desk.shelf.documents.failures.append(failure)
    assert is_problem(await desk.post(path, ASKS[kind]), "503 not_ready")
    answers = [await desk.post(path, ASKS[kind]) for _ in range(2)]
    assert [one.status_code for one in answers] == [202, 202]
    assert len((await desk.get(f"/v1/letters/{number}")).json()["requests"]) == 1
    assert len(desk.shelf.said(LETTERS)) == 2
