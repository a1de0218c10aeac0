"""An emergency in a refused request: the answer always says to call 110."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.intake.api.request_text import text_of_request
from shared.contracts.topics import DIVERTED, SUBMITTED
from shared.contracts.words import MAX_BODY
from tests.intake.emergencies import ASK, STOP, guarded_front, kept, waiting
from tests.intake.faces import is_problem
from tests.intake.front import Front, body
from tests.intake.story import NAME, PHONE, SECOND_PHONE, received, routed
from tests.support.doubles import Failure

LETTERS, DIVERSIONS = SUBMITTED.name, DIVERTED.name
PATH = "/v1/letters"
DANGER = f"快来，有人{STOP}"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened_front:
        yield opened_front


def broken(content: dict[str, Any]) -> bytes:
    """JSON whose end is missing."""
    return json.dumps(content, ensure_ascii=False).encode()[:-1]


WITHOUT_KEY = {"key": None}
INVALID: dict[str, tuple[Any, dict[str, Any], str]] = {
    "no category": (body(body=DANGER, category=...), {}, "422 invalid"),
    "unknown category": (body(body=DANGER, category="help"), {}, "422 invalid"),
    "subject alone": ({"subject": DANGER}, {}, "422 invalid"),
    "no fields of ours": ({"content": DANGER}, {}, "422 invalid"),
    "a list": ([[DANGER]], {}, "422 invalid"),
    "an unknown city": (body(body=DANGER, place={"city": "x"}), {}, "422 invalid"),
    "a bad phone": (body(body=DANGER, contact={"phone": "?"}), {}, "422 invalid"),
    "controls in the text": (body(body=f"{DANGER}\x00"), {}, "422 invalid"),
    "half a character": (body(body=f"{DANGER}\ud83d"), {}, "422 invalid"),
    "short key": (body(body=DANGER), {"key": "short"}, "422 invalid"),
    "no key": (body(body=DANGER), WITHOUT_KEY, "422 invalid"),
    "too long, at the end": (body(body="路" * MAX_BODY + DANGER), {}, "422 invalid"),
    "too long, at the beginning": (body(body=DANGER + "路" * MAX_BODY), {}, "422 invalid"),
    "beyond the gate": (body(body=DANGER + "路" * 100_000), {}, "413 too_large"),
    "broken JSON": (broken(body(body=DANGER)), {}, "400 malformed"),
    "no JSON": (DANGER.encode(), {"content_type": "text/plain"}, "415 not_json"),
}


@pytest.mark.parametrize("how", INVALID)
async def test_the_problem_says_whom_to_call_and_the_duty_desk_has_it(
    desk: Front, how: str
) -> None:
    content, headers, code = INVALID[how]
    answer = await desk.post(PATH, content, **headers)
    assert is_problem(answer, code), answer.text
    told = answer.json()["emergency"]
    assert told["lines"][0]["code"] == "110"
    assert "answer_at" not in told
    diversion = await kept(desk, told["diversion"])
    assert diversion.caught is not None
    assert diversion.caught.words is not None
    words = diversion.caught.words
    assert STOP in words.subject + words.body
    assert diversion.caught.identity is not None
    assert diversion.caught.identity.name == NAME
    assert desk.shelf.said_types(DIVERSIONS) == ["letter.diverted"]
    assert desk.shelf.said_types(LETTERS) == []
    assert STOP not in answer.text
    assert [one["diversion"] for one in await waiting(desk)] == [told["diversion"]]


@pytest.mark.parametrize("how", ["no category", "short key", "broken JSON", "beyond the gate"])
async def test_without_a_valid_sign_in_it_says_whom_to_call_and_that_nobody_has_it(
    desk: Front, how: str
) -> None:
    content, headers, _ = INVALID[how]
    answer = await desk.post(PATH, content, who=None, **headers)
    told = answer.json()["emergency"]
    assert told["lines"][0]["code"] == "110"
    assert "值班室没有收到" in told["detail"]
    assert "diversion" not in told
    assert not desk.shelf.documents.kept
    assert not desk.keys.kept


async def test_an_expired_sign_in_still_shows_whom_to_call(desk: Front) -> None:
    expired = desk.headers("chen")
    desk.shelf.now.pass_by(days=1)
    answer = await desk.client.post(
        PATH, json=body(body=DANGER), headers=expired | {"idempotency-key": "key-00001"}
    )
    assert is_problem(answer, "401 not_signed_in")
    assert "www-authenticate" in answer.headers
    assert answer.json()["emergency"]["lines"][0]["number"] == "110"


async def test_staff_who_write_are_told_and_nothing_is_kept(desk: Front) -> None:
    answer = await desk.post(PATH, body(body=DANGER), who="lin-by-name")
    assert is_problem(answer, "403 not_allowed")
    assert "diversion" not in answer.json()["emergency"]
    assert not desk.shelf.documents.kept


async def test_what_may_be_one_asks_and_the_writer_can_answer(desk: Front) -> None:
    answer = await desk.post(PATH, body(body=f"写明{ASK}", category=...))
    told = answer.json()["emergency"]
    no = await desk.post(told["answer_at"], {"happening_now": False}, key="say-key-001")
    assert (no.status_code, no.json()["outcome"]) == (200, "writer_says_no")
    assert desk.shelf.said_types(LETTERS) == []


async def test_the_same_words_sent_again_are_one_diversion(desk: Front) -> None:
    content = body(body=DANGER, category=...)
    answers = [await desk.post(PATH, content, key=f"key-{number:05}") for number in range(5)]
    assert len({answer.json()["emergency"]["diversion"] for answer in answers}) == 1
    assert desk.shelf.said_types(DIVERSIONS) == ["letter.diverted"]


async def test_a_phone_in_the_request_is_the_one_to_call(desk: Front) -> None:
    given = {"phone": SECOND_PHONE}
    answer = await desk.post(PATH, body(body=DANGER, category=..., contact=given))
    caught = (await kept(desk, answer.json()["emergency"]["diversion"])).caught
    assert caught is not None
    assert (caught.contact and caught.contact.phone, caught.identity and caught.identity.phone) == (
        SECOND_PHONE,
        PHONE,
    )


@pytest.mark.parametrize("kind", ["answer", "addition", "rating", "reopening", "appeal"])
async def test_what_is_said_of_a_letter_names_it(desk: Front, kind: str) -> None:
    number = await desk.taken_in()
    await desk.progress(number, received(), routed())
    answer = await desk.post(f"{PATH}/{number}/{kind}", {"text": DANGER, "more": 1}, key="short")
    found = await kept(desk, answer.json()["emergency"]["diversion"])
    assert (found.found_in, found.city) == (number, "guangzhou")


async def test_a_letter_number_that_is_not_theirs_hides_no_emergency(desk: Front) -> None:
    number = await desk.taken_in("huang")
    answer = await desk.post(f"{PATH}/{number}/addition", {"text": DANGER})
    assert is_problem(answer, "404 not_found")
    found = await kept(desk, answer.json()["emergency"]["diversion"])
    assert found.found_in is None


@pytest.mark.parametrize("how", ["before", "after"])
async def test_what_cannot_be_kept_says_so(desk: Front, how: Failure) -> None:
    desk.shelf.documents.failures.append(how)
    answer = await desk.post(PATH, body(body=DANGER, category=...))
    assert is_problem(answer, "422 invalid")
    assert "值班室没有收到" in answer.json()["emergency"]["detail"]


async def test_a_key_used_for_something_else_hides_no_emergency(desk: Front) -> None:
    await desk.submit(key="the-same-key")
    answer = await desk.submit(key="the-same-key", body=DANGER)
    assert is_problem(answer, "422 id_reused")
    assert answer.json()["emergency"]["diversion"]


async def test_an_ordinary_request_that_is_refused_is_answered_as_before(desk: Front) -> None:
    answer = await desk.post(PATH, body(category=...))
    assert answer.json().keys() == {"type", "title", "status", "code", "errors"}
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert not desk.shelf.documents.kept


async def test_reasons_of_staff_are_not_triaged(desk: Front) -> None:
    number = await desk.taken_in()
    answer = await desk.post(f"{PATH}/{number}/reveal", {"reason": "x", "text": DANGER})
    assert "emergency" not in answer.json()


FORMS: tuple[Callable[[], bytes], ...] = (
    lambda: broken({"subject": "救", "body": DANGER}),
    lambda: json.dumps({"subject": "救", "body": DANGER}).encode(),
    lambda: str({"subject": "救", "body": DANGER}).encode(),
    lambda: str(httpx.QueryParams({"subject": "救", "body": DANGER})).encode(),
    lambda: b"\xff\xfe" + DANGER.encode(),
    lambda: b'"' * 100_000 + b'{"body":"' + DANGER.encode(),
)


@pytest.mark.parametrize("form", FORMS)
def test_words_are_read_from_anything(form: Callable[[], bytes]) -> None:
    text = text_of_request(form())
    assert STOP in text.subject + text.body or form is FORMS[-1]
