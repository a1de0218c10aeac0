"""All that is kept about a person, in one download; nothing of anybody else, and no staff."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from services.intake.api.personal_data import PersonalData
from tests.intake.emergencies import STOP, guarded_front
from tests.intake.faces import is_problem
from tests.intake.front import Front, Limiting, front
from tests.intake.story import (
    ADDRESS,
    EMAIL,
    ID_NUMBER,
    NAME,
    PHONE,
    REPLY,
    SECOND_PHONE,
    STAFF,
    TEXT,
    received,
    replied,
    routed,
)
from tests.intake.test_masked_reveals import ASKER, GRANTER, asked, decide, view

DATA = "/v1/me/data"


async def data(desk: Front, who: str = "chen") -> Any:
    """The download, of the documented form."""
    answer = await desk.get(DATA, who)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    PersonalData.model_validate_json(answer.content)
    return answer.json()


async def test_it_has_letters_conversation_contacts_requests_and_drafts(desk: Front) -> None:
    number = await desk.taken_in(body=TEXT, entry="wechat")
    await desk.progress(number, received(), routed(), replied())
    await desk.post(f"/v1/letters/{number}/contact", {"contact": {"phone": PHONE}})
    await desk.post(f"/v1/letters/{number}/addition", {"text": "补充一点"}, key="key-00002")
    headers = desk.headers("chen") | {"content-type": "application/json"}
    await desk.client.put("/v1/drafts/d-1", content='{"body":"写了一半"}', headers=headers)
    found = await data(desk)
    (letter,) = found["letters"]
    assert (letter["letter"], letter["body"], letter["entry"]) == (number, TEXT, "wechat")
    assert letter["reply"]["text"] == REPLY
    assert [each["phone"] for each in letter["contacts"]] == [PHONE, SECOND_PHONE]
    assert letter["contacts"][1]["email"] == EMAIL
    assert letter["identities"][0] == {
        "name": NAME,
        "id_number": ID_NUMBER,
        "phone": PHONE,
        "address": ADDRESS,
    }
    assert [each["text"] for each in letter["requests"]] == ["补充一点"]
    assert letter["place_detail"] == "无名路口"
    kept = (await desk.get(f"/v1/letters/{number}/receipt")).json()
    assert letter["receipt"] == kept
    assert [each["what"] for each in letter["access_log"]] == ["identity_given"]
    assert [each["content"]["body"] for each in found["drafts"]] == ["写了一半"]


async def test_it_names_no_staff_and_nobody_else(desk: Front) -> None:
    await desk.taken_in("huang", body="黄先生的信")
    number, name = await asked(desk)
    await decide(desk, number, name)
    await view(desk, number, name)
    text = json.dumps(await data(desk), ensure_ascii=False)
    assert number in text
    for secret in ("黄", ASKER, GRANTER, STAFF):
        assert secret not in text
    assert [each["body"] for each in (await data(desk, "huang"))["letters"]] == ["黄先生的信"]
    assert (await data(desk, "somebody"))["letters"] == []


async def test_what_was_diverted_is_part_of_it(tmp_path: Path) -> None:
    async with guarded_front(tmp_path) as desk:
        answer = await desk.submit(body=TEXT + STOP)
        (diversion,) = (await data(desk))["diversions"]
        assert diversion["diversion"] == answer.json()["diversion"]
        assert diversion["text"] == TEXT + STOP
        assert diversion["contact"]["phone"] == SECOND_PHONE
        assert (await data(desk, "huang"))["diversions"] == []


async def test_only_a_page_of_letters_is_open_at_once(
    desk: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = [await desk.taken_in(body=f"第{number}封") for number in range(22)]
    opened: list[int] = []
    states = desk.shelf.letters.states

    async def counted(numbers: Sequence[str]) -> Any:
        opened.append(len(numbers))
        return await states(numbers)

    monkeypatch.setattr(type(desk.shelf.letters), "states", lambda _, numbers: counted(numbers))
    found = await data(desk)
    assert {each["letter"] for each in found["letters"]} == set(letters)
    assert opened == [20, 2, 0]


async def test_it_is_not_made_all_the_time(tmp_path: Path) -> None:
    async with front(tmp_path, limiting=Limiting()) as desk:
        answers = [await desk.get(DATA) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert answers[-1].headers["retry-after"]
        assert (await desk.get(DATA, "huang")).status_code == 200


async def test_it_needs_a_citizens_sign_in(desk: Front) -> None:
    assert is_problem(await desk.get(DATA, None), "401 not_signed_in")
    assert (await desk.get(DATA, "lin")).status_code in {401, 403}
