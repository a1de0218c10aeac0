"""Drafts: saved as far as they go, resumed elsewhere by the same person, and read by nobody."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from services.intake.api.drafts_schemas import LetterDraft
from services.intake.api.letters_schemas import NewLetter
from services.intake.store import INDEXES, LETTER_DRAFTS
from services.intake.store.letter_drafts import MOST_DRAFTS
from shared.contracts.words import MAX_BODY, MAX_SUBJECT
from shared.platform.crypto.key_ring import CannotOpen
from tests.intake.faces import is_problem
from tests.intake.front import Front

HALF = {"subject": "路口的灯", "body": "灯坏了，", "contact": {"phone": "154"}}


async def ask(
    desk: Front,
    method: str,
    draft: str = "",
    content: Any = None,
    *,
    who: str = "chen",
    **more: str,
) -> httpx.Response:
    """A request about drafts."""
    headers = desk.headers(who) | {k.replace("_", "-"): v for k, v in more.items()}
    path = f"/v1/drafts/{draft}" if draft else "/v1/drafts"
    if content is None:
        return await desk.client.request(method, path, headers=headers)
    headers["content-type"] = "application/json"
    sent = json.dumps(content)
    return await desk.client.request(method, path, headers=headers, content=sent)


async def test_half_a_letter_is_resumed_on_another_device(desk: Front) -> None:
    saved = await ask(desk, "PUT", "d-1", HALF)
    assert (saved.status_code, saved.headers["etag"]) == (200, '"1"')
    read = await ask(desk, "GET", "d-1")
    assert read.headers["etag"] == '"1"'
    content = {k: v for k, v in read.json()["content"].items() if v is not None}
    assert content["contact"]["phone"] == "154"
    assert content["body"] == HALF["body"]
    next_ = await ask(desk, "PUT", "d-1", {**HALF, "category": "request"}, if_match='"1"')
    assert next_.headers["etag"] == '"2"'
    (line,) = (await ask(desk, "GET")).json()["drafts"]
    assert (line["subject"], line["category"], line["version"]) == ("路口的灯", "request", 2)
    assert (line["saved_at"], line["kept_until"]) == (
        "2026-11-24T04:00:00Z",
        "2026-12-24T04:00:00Z",
    )


async def test_what_was_changed_elsewhere_is_shown_instead_of_lost(desk: Front) -> None:
    await ask(desk, "PUT", "d-1", HALF)
    await ask(desk, "PUT", "d-1", {"body": "在电脑上写的"}, if_match='"1"')
    for headers in ({"if_match": '"1"'}, {"if_match": '"7"'}, {}):
        late = await ask(desk, "PUT", "d-1", {"body": "在手机上写的"}, **headers)
        assert is_problem(late, "412 changed")
        assert late.json()["draft"]["version"] == 2
        assert late.json()["draft"]["content"]["body"] == "在电脑上写的"
    gone = await ask(desk, "PUT", "d-2", HALF, if_match='"3"')
    assert is_problem(gone, "412 changed")
    assert gone.json()["draft"] is None


async def test_a_repeated_request_is_answered_alike(desk: Front) -> None:
    first = [await ask(desk, "PUT", "d-1", HALF) for _ in range(2)]
    again = [await ask(desk, "PUT", "d-1", {"body": "二"}, if_match='"1"') for _ in range(2)]
    assert [answer.headers["etag"] for answer in (*first, *again)] == ['"1"', '"1"', '"2"', '"2"']


async def test_nobody_else_reads_changes_or_erases_it(desk: Front) -> None:
    await ask(desk, "PUT", "d-1", HALF)
    assert is_problem(await ask(desk, "GET", "d-1", who="huang"), "404 not_found")
    assert (await ask(desk, "GET", who="huang")).json() == {"drafts": []}
    assert (await ask(desk, "DELETE", "d-1", who="huang")).status_code == 204
    other = await ask(desk, "PUT", "d-1", {"body": "别人的"}, who="huang")
    assert (await ask(desk, "GET", "d-1")).json()["content"]["body"] == HALF["body"]
    assert other.json()["version"] == 1


async def test_it_is_sealed_for_its_owner_and_name(desk: Front) -> None:
    await ask(desk, "PUT", "d-1", HALF)
    await ask(desk, "PUT", "d-1", {"body": "别人的"}, who="huang")
    kept = list(desk.drafts.kept.values())
    assert "灯" not in json.dumps(kept, default=str, ensure_ascii=False)
    assert "chen" not in json.dumps(kept, default=str)
    kept[0]["content"], kept[1]["content"] = kept[1]["content"], kept[0]["content"]
    ring = desk.shelf.seals.ring
    with pytest.raises(CannotOpen):
        ring.open(kept[0]["content"], letter=kept[0]["_id"], field="letter_draft")


async def test_it_ends_with_its_letter_or_after_thirty_days(desk: Front) -> None:
    await ask(desk, "PUT", "d-1", HALF)
    await ask(desk, "PUT", "d-2", HALF)
    assert (await desk.submit(draft="d-1", key="the-same-key")).status_code == 201
    assert is_problem(await ask(desk, "GET", "d-1"), "404 not_found")
    assert (await desk.submit(key="the-same-key")).status_code == 201
    desk.shelf.now.pass_by(hours=30 * 24)
    assert is_problem(await ask(desk, "GET", "d-2"), "404 not_found")
    assert (await ask(desk, "GET")).json() == {"drafts": []}
    assert (await ask(desk, "PUT", "d-2", {"body": "新的"})).headers["etag"] == '"1"'
    assert [each.expire_after_s for each in INDEXES[LETTER_DRAFTS]] == [30 * 86_400, None]


async def test_a_refused_letter_leaves_the_draft(desk: Front) -> None:
    await ask(desk, "PUT", "d-1", HALF)
    assert (await desk.submit(draft="d-1", subject="")).status_code == 422
    assert (await ask(desk, "GET", "d-1")).status_code == 200


async def test_ten_are_enough_also_at_once(desk: Front) -> None:
    names = [f"d-{number}" for number in range(MOST_DRAFTS + 3)]
    answers = await asyncio.gather(*(ask(desk, "PUT", name, HALF) for name in names))
    assert {answer.status_code for answer in answers} <= {200, 429}
    assert len(desk.drafts.kept) <= MOST_DRAFTS
    for name in names:
        await ask(desk, "PUT", name, HALF)
    assert len(desk.drafts.kept) == MOST_DRAFTS
    assert (await ask(desk, "PUT", "one-more", HALF, who="huang")).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": "字" * (MAX_BODY + 1)},
        {"body": 7},
        {"category": "gossip"},
        {"place": {"city": "atlantis"}},
        {"place": []},
        {"secret": "x"},
        {"consent_to_publish": "yes"},
        {"body": "\ud800"},
        [],
    ],
)
async def test_sizes_and_types_are_checked(desk: Front, wrong: Any) -> None:
    answer = await ask(desk, "PUT", "d-1", wrong)
    assert is_problem(answer, "422 invalid")
    assert desk.drafts.kept == {}


@pytest.mark.parametrize("name", ["a" * 65, "a.b", "a%2Fb", "%00"])
async def test_a_name_of_another_form_leads_nowhere(desk: Front, name: str) -> None:
    assert is_problem(await ask(desk, "PUT", name, HALF), "404 not_found")


@pytest.mark.parametrize("tag", ["1", '"0"', "*", 'W/"1"', '"1", "2"', '"-1"'])
async def test_a_version_of_another_form_is_refused(desk: Front, tag: str) -> None:
    assert is_problem(await ask(desk, "PUT", "d-1", HALF, if_match=tag), "422 invalid")


def test_a_draft_has_every_field_of_a_letter() -> None:
    own = {"draft", "send_anyway"}
    assert LetterDraft.model_fields.keys() == NewLetter.model_fields.keys() - own


async def test_a_draft_has_at_most_64_kib(desk: Front) -> None:
    largest = {"body": "\U0001f4a1" * MAX_BODY, "subject": "字" * MAX_SUBJECT}
    assert (await ask(desk, "PUT", "d-1", largest)).status_code == 200
    escaped = {
        "body": "\x01" * MAX_BODY,
        "address": "\x01" * 300,
        "place": {"detail": "\x01" * 300},
    }
    escaped["contact"] = {"email": "\x01" * 300, "phone": "\x01" * 40, "wechat": "\x01" * 40}
    assert is_problem(await ask(desk, "PUT", "d-2", escaped), "413 too_large")
    assert len(desk.drafts.kept) == 1
