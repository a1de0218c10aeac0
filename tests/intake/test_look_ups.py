"""Look-up of a person's letters by document number or phone."""

from typing import Any

import httpx
import pytest

from services.intake.jobs import LookUpFiller
from services.intake.store import LOOK_UP_FIELDS, MOST_IN_TEN_MINUTES
from shared.platform.http.tokens import Person
from shared.platform.mongo.database import Update
from tests.intake.emergencies import staff
from tests.intake.faces import is_problem, token
from tests.intake.front import Front
from tests.intake.story import ID_NUMBER, NAME, PHONE, SECOND_PHONE, TEXT
from tests.support.sealed_shell import BLIND
from tests.support.sign_in import signed_in

WHY = {"reason": "legal_duty", "reference": "case-2026-17"}
BY_PHONE = {"kind": "phone", "value": PHONE, **WHY}
BY_DOCUMENT = {"kind": "document", "value": ID_NUMBER, **WHY}
HERE = {"sec-fetch-site": "same-origin"}


async def look(
    desk: Front, body: Any, *, role: str = "supervisor", key: str = "look-up-1"
) -> httpx.Response:
    """Ask as somebody with that role."""
    headers = staff(desk, role, who="s-1") | {"idempotency-key": key}
    return await desk.client.post("/v1/look-ups", json=body, headers=headers)


def numbers(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["letter"] for one in answer.json()["letters"]]


@pytest.mark.parametrize(
    "asked",
    [
        BY_PHONE,
        BY_PHONE | {"value": f"+86 {PHONE[:3]}-{PHONE[3:7]}-{PHONE[7:]}"},
        BY_PHONE | {"value": SECOND_PHONE},
        BY_DOCUMENT,
        BY_DOCUMENT | {"value": " ".join(ID_NUMBER)},
    ],
)
@pytest.mark.parametrize("role", ["supervisor", "custodian"])
async def test_a_persons_letters_are_found_with_numbers_states_and_dates_alone(
    desk: Front, asked: Any, role: str
) -> None:
    first, second = await desk.taken_in(), await desk.taken_in()
    answer = await look(desk, asked, role=role)
    assert set(numbers(answer)) == {first, second}
    assert set(answer.json()["letters"][0]) == {"letter", "received_at", "state", "reply_due_on"}
    assert not any(secret in answer.text for secret in (NAME, PHONE, ID_NUMBER, TEXT))


@pytest.mark.parametrize(
    "asked",
    [
        BY_PHONE | {"value": "15400005555"},
        BY_DOCUMENT | {"document_type": "passport"},
        BY_DOCUMENT | {"value": "440299198501010029"},
    ],
)
async def test_of_anybody_else_nothing_is_found(desk: Front, asked: Any) -> None:
    await desk.taken_in()
    assert numbers(await look(desk, asked)) == []


async def test_a_letter_that_the_reader_may_not_see_is_not_found(desk: Front) -> None:
    seen = await desk.taken_in()
    about = {"kind": "bureau", "bureau": "province", "level": "province"}
    hidden = await desk.taken_in(category="complaint", about=about)
    assert hidden != seen
    assert numbers(await look(desk, BY_PHONE)) == [seen]


@pytest.mark.parametrize("role", ["auditor", "bureau:guangzhou:handler", "triage", "counter"])
async def test_others_may_not_look(desk: Front, role: str) -> None:
    assert is_problem(await look(desk, BY_PHONE, role=role), "403 not_allowed")


async def test_an_old_sign_in_is_not_enough(desk: Front) -> None:
    old = int(desk.shelf.now().timestamp()) - 600
    given = token("s-1", at=desk.shelf.now(), roles=["supervisor"], auth_time=old)
    headers = {"authorization": f"Bearer {given}", "idempotency-key": "look-up-1"}
    answer = await desk.client.post("/v1/look-ups", json=BY_PHONE, headers=headers)
    assert is_problem(answer, "401 sign_in_again")


@pytest.mark.parametrize(
    "over",
    [
        *({"reason": None}, {"reason": "curiosity"}, {"kind": "name"}, {"value": "1"}),
        *({"value": 1}, {"reference": "a b"}, {"document_type": "card"}, {"letter": "GD"}),
    ],
)
async def test_a_wrong_question_is_refused_without_repeating_it(desk: Front, over: Any) -> None:
    answer = await look(desk, BY_PHONE | over)
    assert is_problem(answer, "422 invalid")
    assert PHONE not in answer.text


async def test_too_many_look_ups_are_refused_for_a_while(desk: Front) -> None:
    for tried in range(MOST_IN_TEN_MINUTES):
        assert (await look(desk, BY_PHONE, key=f"look-up-{tried}")).status_code == 200
    assert is_problem(await look(desk, BY_PHONE, key="look-up-more"), "429 too_often")
    desk.shelf.now.pass_by(hours=1)
    assert (await look(desk, BY_PHONE, key="look-up-later")).status_code == 200


async def test_letters_stored_before_there_was_an_index_are_found_after_a_pass(
    desk: Front,
) -> None:
    number = await desk.taken_in()
    gone = {"$unset": dict.fromkeys(LOOK_UP_FIELDS, "")}
    await desk.shelf.documents.write([Update({"_id": number}, gone)])
    assert numbers(await look(desk, BY_PHONE)) == []
    filler = LookUpFiller(desk.shelf.documents, desk.shelf.letters.states, blind=BLIND)
    assert [await filler.fill(), await filler.fill()] == [1, 0]
    assert numbers(await look(desk, BY_PHONE, key="look-up-2")) == [number]


async def test_auditors_see_who_looked_and_why_and_never_for_what(desk: Front) -> None:
    await desk.taken_in()
    await look(desk, BY_PHONE)
    await signed_in(desk.client, Person("a-1", roles=frozenset({"auditor"})))
    page = await desk.client.get("/reveals/log")
    assert "s-1" in page.text
    assert "case-2026-17" in page.text
    assert PHONE not in page.text
    day = f"{desk.shelf.now():%Y-%m-%d}"
    desk.shelf.now.pass_by(hours=24)
    await signed_in(desk.client, Person("a-1", roles=frozenset({"auditor"})))
    lines = (await desk.client.get(f"/reveals/log/{day}.jsonl")).text
    assert '"letters.looked_up"' in lines
    assert PHONE not in lines
    assert (await desk.client.get(f"/reveals/log/{day}.jws")).status_code == 200


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
async def test_the_page_finds_them_and_its_address_has_nothing(desk: Front, lang: str) -> None:
    desk.client.headers["accept-language"] = lang
    number = await desk.taken_in()
    session = await signed_in(desk.client, Person("s-1", roles=frozenset({"custodian"})))
    assert (await desk.client.get("/look-up")).status_code == 200
    form = {**BY_PHONE, "csrf": session.csrf, "key": "look-up-page"}
    page = await desk.client.post("/look-up", data=form, headers=HERE)
    assert page.status_code == 200
    assert number in page.text
    assert PHONE not in page.text
    wrong = await desk.client.post("/look-up", data=form | {"reason": ""}, headers=HERE)
    assert wrong.status_code == 422
    assert 'href="#reason"' in wrong.text
