"""Consent and contact over HTTP: changed at once, once, and sent to other services."""

import asyncio
from typing import Any

import pytest

from services.intake.domain.publication_copy import MOST_CONSENTS
from shared.contracts import topics
from shared.contracts.words import Contact, Identity
from tests.intake.faces import is_problem
from tests.intake.front import CHANGES, Front
from tests.intake.story import ADDRESS, ID_NUMBER, NAME, PHONE, replied, routed
from tests.support.sealed_shell import opened

LETTERS = topics.SUBMITTED.name
NEW_PHONE = "15400003333"


@pytest.mark.parametrize("kind", CHANGES)
async def test_a_change_is_done_once_and_says_nothing_back(desk: Front, kind: str) -> None:
    path = f"/v1/letters/{await desk.taken_in()}/{kind}"
    answers = await asyncio.gather(*(desk.post(path, CHANGES[kind]) for _ in range(5)))
    answers.append(await desk.post(path, CHANGES[kind], key="another-key"))
    assert {(answer.status_code, answer.content) for answer in answers} == {(204, b"")}
    assert desk.shelf.said_types(LETTERS) == ["letter.submitted", f"{kind}.changed"]


async def test_consent_taken_back_is_shown(desk: Front) -> None:
    number = await desk.taken_in()
    path = f"/v1/letters/{number}"
    assert (await desk.get(path)).json()["consent_to_publish"]
    await desk.post(f"{path}/consent", {"to_publish": False})
    assert not (await desk.get(path)).json()["consent_to_publish"]
    await desk.progress(number, routed(), replied())
    assert "publication.copied" not in desk.shelf.said_types(LETTERS)
    await desk.post(f"{path}/consent", {"to_publish": True}, key="another-key")
    assert desk.shelf.said_types(LETTERS)[-2:] == ["consent.changed", "publication.copied"]


async def test_a_new_contact_opens_for_the_notifier_and_nobody_else(desk: Front) -> None:
    number = await desk.taken_in()
    body = {"contact": {"phone": NEW_PHONE, "wechat": "yuan_2026"}, "address": "佛山市无名路9号"}
    assert (await desk.post(f"/v1/letters/{number}/contact", body)).status_code == 204
    said = desk.shelf.said(LETTERS)[-1]
    assert (set(said.data.contact), set(said.data.identity)) == ({"notifier"}, {"intake"})
    assert opened(said, "notifier").contact == Contact(phone=NEW_PHONE, wechat="yuan_2026")
    assert opened(said, "intake").identity == Identity(
        name=NAME, id_number=ID_NUMBER, phone=PHONE, address="佛山市无名路9号"
    )


async def test_the_phone_of_the_sign_in_stands_in_for_one_that_is_not_given(desk: Front) -> None:
    number = await desk.taken_in()
    assert (await desk.post(f"/v1/letters/{number}/contact", {})).status_code == 204
    letter = await desk.letter(number)
    assert letter.contact == Contact(phone=PHONE)
    assert letter.identity is not None
    assert letter.identity.address == ADDRESS


async def test_a_sign_in_without_phone_must_give_one(desk: Front) -> None:
    number = await desk.taken_in("no-phone")
    path = f"/v1/letters/{number}/contact"
    assert is_problem(await desk.post(path, {}, who="no-phone"), "422 bad_value")
    given: dict[str, Any] = {"contact": {"phone": NEW_PHONE}}
    assert (await desk.post(path, given, who="no-phone")).status_code == 204


async def test_changes_of_the_contact_are_limited_and_told_to_be(desk: Front) -> None:
    path = f"/v1/letters/{await desk.taken_in()}/contact"
    answers = [
        await desk.post(path, {"contact": {"phone": f"1540000{n:04}"}}, key=f"key-{n:05}")
        for n in range(6)
    ]
    assert [answer.status_code for answer in answers] == [204] * 5 + [429]
    assert is_problem(answers[-1], "429 limit")


async def test_changing_consent_back_and_forth_comes_to_an_end(desk: Front) -> None:
    number = await desk.taken_in()
    await desk.progress(number, routed(), replied())
    path = f"/v1/letters/{number}/consent"
    answers = [
        await desk.post(path, {"to_publish": turn % 2 == 1}, key=f"key-{turn:05}")
        for turn in range(60)
    ]
    assert answers[-2].status_code == 204
    assert is_problem(answers[-1], "429 limit")
    said = desk.shelf.said_types(LETTERS)
    assert said.count("consent.changed") == 2 * MOST_CONSENTS + 1
    assert said.count("publication.copied") == MOST_CONSENTS + 1
    assert not (await desk.letter(number)).consent_to_publish


@pytest.mark.parametrize("failure", ["before", "after"])
@pytest.mark.parametrize("kind", CHANGES)
async def test_a_change_whose_write_is_in_doubt_is_sent_again_and_happens_once(
    desk: Front, kind: str, failure: Any
) -> None:
    path = f"/v1/letters/{await desk.taken_in()}/{kind}"
    desk.shelf.documents.failures.append(failure)
    assert is_problem(await desk.post(path, CHANGES[kind]), "503 not_ready")
    answers = [await desk.post(path, CHANGES[kind]) for _ in range(2)]
    assert [one.status_code for one in answers] == [204, 204]
    assert len(desk.shelf.said(LETTERS)) == 2
