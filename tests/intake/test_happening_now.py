""" "Is it happening now?" No: the letter proceeds with its first time. Yes: it stays here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.contracts.topics import DIVERTED, SUBMITTED
from shared.kernel.letter_number import is_letter_number
from tests.intake.emergencies import ASK, STOP, diverted, guarded_front, kept, say
from tests.intake.faces import is_problem
from tests.intake.front import Front
from tests.intake.story import NOON
from tests.support.sealed_shell import opened

LETTERS, DIVERSIONS = SUBMITTED.name, DIVERTED.name


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened_front:
        yield opened_front


# --- asked -------------------------------------------------------------------------------------


async def test_who_may_be_in_danger_is_asked_while_the_desk_sees_it(desk: Front) -> None:
    answer = await desk.submit(body=f"也许{ASK}")
    assert is_problem(answer, "422 happening_now")
    told = answer.json()
    assert told["answer_at"] == f"/v1/diversions/{told['diversion']}/answer"
    assert told["lines"][0]["number"] == "110"
    assert desk.shelf.said_types(DIVERSIONS) == ["letter.diverted"]
    assert desk.shelf.said_types(LETTERS) == []
    (said,) = desk.shelf.said(DIVERSIONS)
    assert said.data.threshold == "ask"


async def test_no_lets_it_go_its_way_once_with_its_first_time(desk: Front) -> None:
    number = await diverted(desk, ASK)
    desk.shelf.now.pass_by(minutes=3)
    answers = [await say(desk, number, now=False, key=key) for key in ("say-key-001",) * 2]
    answers.append(await say(desk, number, now=False, key="say-key-002"))
    assert [answer.status_code for answer in answers] == [200] * 3
    letter = answers[0].json()["letter"]
    assert is_letter_number(letter)
    assert {answer.json()["letter"] for answer in answers} == {letter}
    assert desk.shelf.said_types(DIVERSIONS) == ["letter.diverted", "diversion.resolved"]
    (said,) = desk.shelf.said(LETTERS)
    assert (said.subject, said.data.received_at, said.data.from_diversion) == (letter, NOON, number)
    assert (said.data.triage.class_, said.data.triage.threshold) == ("accept", "ask")
    assert opened(said, "router").words.body == f"写明{ASK}的信"
    assert [one["letter"] for one in (await desk.get("/v1/letters")).json()["letters"]] == [letter]


async def test_the_letter_has_the_words_then_and_the_diversion_lets_go_of_them(desk: Front) -> None:
    number = await diverted(desk, ASK)
    await say(desk, number, now=False)
    caught = (await kept(desk, number)).caught
    assert caught is not None
    assert (caught.words, caught.contact, caught.identity) == (None, None, None)


async def test_nobody_stops_the_clock_by_saying_no(desk: Front) -> None:
    number = await diverted(desk, ASK)
    await say(desk, number, now=False)
    assert (await kept(desk, number)).seen_at is None
    assert "duty.seen" not in desk.shelf.said_types(DIVERSIONS)


async def test_yes_keeps_it_with_the_desk(desk: Front) -> None:
    number = await diverted(desk, ASK)
    answers = [await say(desk, number, now=True, key=f"say-key-00{one}") for one in range(2)]
    assert [(one.status_code, one.json()["asks"], one.json()["letter"]) for one in answers] == [
        (200, False, None)
    ] * 2
    assert answers[0].json()["lines"][0]["number"] == "110"
    assert is_problem(await say(desk, number, now=False, key="say-key-003"), "409 out_of_order")
    assert (await kept(desk, number)).says_now
    assert desk.shelf.said_types(LETTERS) == []


async def test_nobody_is_asked_about_what_was_stopped(desk: Front) -> None:
    number = await diverted(desk, STOP)
    assert is_problem(await say(desk, number, now=False), "409 out_of_order")
    assert desk.shelf.said_types(LETTERS) == []


async def test_what_is_diverted_is_its_writers_alone(desk: Front) -> None:
    number = await diverted(desk, ASK)
    answers = (
        await say(desk, number, now=False, who="huang"),
        await desk.get(f"/v1/diversions/{number}", "huang"),
        await desk.get("/v1/diversions/D-0000-0000-0000-0000-0"),
        await desk.get(f"/v1/diversions/{await desk.taken_in()}"),
    )
    assert [is_problem(answer, "404 not_found") for answer in answers] == [True] * 4
    assert answers[0].text == answers[1].text
    assert is_problem(await desk.get(f"/v1/diversions/{number}", None), "401 not_signed_in")
    own = await desk.get(f"/v1/diversions/{number.lower()}")
    assert (own.status_code, own.json()["asks"], own.json()["was_seen"]) == (200, True, False)


@pytest.mark.parametrize("step", range(1, 4))
async def test_a_letter_is_sent_once_whoever_dies_on_the_way_to_it(desk: Front, step: int) -> None:
    number = await diverted(desk, ASK)
    desk.shelf.documents.failures.extend([*[None] * (step - 1), "after"])
    assert (await say(desk, number, now=False)).status_code in (200, 503)
    while await desk.releasing.send():
        pass
    await desk.shelf.quiet()
    answer = await say(desk, number, now=False)
    assert answer.status_code == 200
    assert [said.subject for said in desk.shelf.said(LETTERS)] == [answer.json()["letter"]]


@pytest.mark.parametrize(
    "body", [{}, {"happening_now": "no"}, {"happening_now": None}, {"happening_now": 0}, [], "no"]
)
async def test_anything_but_yes_or_no_is_refused(desk: Front, body: object) -> None:
    number = await diverted(desk, ASK)
    answer = await desk.post(f"/v1/diversions/{number}/answer", body)
    assert is_problem(answer, "422 invalid")
    assert (await kept(desk, number)).asks
