"""Emergencies at the front desk: stopped or asked about, kept for the duty desk, never twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from shared.contracts.diverted_v1 import LetterDiverted
from shared.contracts.topics import DIVERTED, SUBMITTED
from shared.kernel.letter_number import is_diversion_number, is_letter_number
from tests.intake.emergencies import ASK, CRIME, OTHERS, STOP, diverted, guarded_front, kept
from tests.intake.faces import is_problem
from tests.intake.front import Front, front
from tests.intake.staging import opened
from tests.intake.story import ID_NUMBER, NAME, NOON, PHONE, SECOND_PHONE, received, routed

LETTERS, DIVERSIONS = SUBMITTED.name, DIVERTED.name


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened_front:
        yield opened_front


# --- at submission -----------------------------------------------------------------------------


async def test_an_emergency_is_stopped_and_no_letter_is_said(desk: Front) -> None:
    answer = await desk.submit(body=f"有人{STOP}")
    assert is_problem(answer, "422 emergency")
    told = answer.json()
    assert told["type"] == "/problems/emergency"
    assert is_diversion_number(told["diversion"])
    assert told["lines"][0]["code"] == "110"
    assert all(line["zh"] and line["en"] for line in told["lines"])
    assert desk.shelf.said_types(LETTERS) == []
    assert desk.shelf.said_types(DIVERSIONS) == ["letter.diverted"]


async def test_what_is_said_of_it_has_its_clock_and_no_words(desk: Front) -> None:
    number = await diverted(desk)
    (said,) = desk.shelf.said(DIVERSIONS)
    event: LetterDiverted = said.data
    assert (said.subject, said.sequence) == (number, 1)
    assert (event.threshold, event.reasons, event.city) == ("stop", ("words.threat",), "guangzhou")
    assert (event.diverted_at, event.see_by - event.diverted_at) == (NOON, timedelta(minutes=5))
    (clock,) = event.clocks
    assert (clock.clock, clock.change, clock.passes_at) == ("diversion", "started", event.see_by)
    assert [(level.level, level.at) for level in clock.levels] == [("page", event.see_by)]
    assert STOP.encode() not in b"".join(one.value for one in desk.shelf.bus.records(DIVERSIONS))


async def test_words_contact_and_place_are_kept_sealed(desk: Front) -> None:
    number = await diverted(desk)
    caught = (await kept(desk, number)).caught
    assert caught is not None
    assert caught.words is not None
    assert (caught.words.body, caught.words.place_detail) == (f"写明{STOP}的信", "无名路口")
    assert (caught.contact and caught.contact.phone, caught.identity and caught.identity.name) == (
        SECOND_PHONE,
        NAME,
    )
    stored = str(desk.shelf.documents.kept[number])
    assert not [one for one in (STOP, NAME, PHONE, SECOND_PHONE, ID_NUMBER) if one in stored]


async def test_it_is_not_in_the_writers_list_and_no_letter_of_that_number(desk: Front) -> None:
    number = await diverted(desk)
    assert (await desk.get("/v1/letters")).json()["letters"] == []
    assert is_problem(await desk.get(f"/v1/letters/{number}"), "404 not_found")


async def test_the_same_key_and_letter_is_one_diversion_with_one_answer(desk: Front) -> None:
    answers = await asyncio.gather(
        *(desk.submit(body=f"有人{STOP}", key="the-same-key") for _ in range(10))
    )
    later = await desk.submit(body=f"有人{STOP}", key="the-same-key")
    assert {answer.text for answer in answers} == {later.text}
    assert desk.shelf.said_types(DIVERSIONS) == ["letter.diverted"]


async def test_the_same_key_with_another_letter_is_refused(desk: Front) -> None:
    await desk.submit(body=f"有人{STOP}", key="the-same-key")
    other = await desk.submit(body=f"又有人{STOP}", key="the-same-key")
    assert is_problem(other, "422 id_reused")
    assert desk.shelf.said_types(DIVERSIONS) == ["letter.diverted"]


@pytest.mark.parametrize("how", ["before", "after"])
async def test_whoever_dies_between_keeping_and_answering_is_answered_alike(
    desk: Front, how: str
) -> None:
    desk.shelf.documents.failures.append(how)  # type: ignore[arg-type]
    failed = await desk.submit(body=f"有人{STOP}", key="the-same-key")
    assert is_problem(failed, "503 emergency_not_kept")
    assert failed.json()["lines"]
    again = await desk.submit(body=f"有人{STOP}", key="the-same-key")
    assert is_problem(again, "422 emergency")
    assert len([one for one in desk.shelf.documents.kept if one.startswith("D-")]) == 1


async def test_an_emergency_that_no_number_can_be_kept_for_is_told_whom_to_call(
    desk: Front,
) -> None:
    desk.keys.failures.append("before")
    answer = await desk.submit(body=f"有人{STOP}")
    assert is_problem(answer, "503 emergency_not_kept")
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["lines"][0]["number"] == "110"
    assert not desk.shelf.documents.kept


async def test_an_emergency_comes_in_though_the_broker_is_away_and_much_waits(
    tmp_path: Path,
) -> None:
    async with guarded_front(tmp_path, most_unsent=1) as desk:
        desk.shelf.bus.fates.extend(["refused"] * 10)
        await desk.submit()
        await desk.backlog.count()
        assert is_problem(await desk.submit(), "503 backlog")
        number = await diverted(desk)
        assert (await kept(desk, number)).seen_at is None


async def test_an_emergency_without_a_phone_reaches_the_desk_and_is_no_letter_to_be(
    desk: Front,
) -> None:
    number = await diverted(desk, who="no-phone", contact={})
    caught = (await kept(desk, number)).caught
    assert caught is not None
    assert caught.words is not None
    assert (caught.contact, caught.form) == (None, None)


async def test_what_was_taken_in_stays_a_letter_when_the_rules_get_stricter(
    tmp_path: Path,
) -> None:
    async with front(tmp_path) as before:
        number = await before.taken_in(key="the-same-key", body=f"有人{STOP}")
        async with guarded_front(tmp_path) as desk:
            desk.keys.kept = before.keys.kept
            desk.shelf.documents.kept = before.shelf.documents.kept
            again = await desk.submit(key="the-same-key", body=f"有人{STOP}")
    assert (again.status_code, again.json()["letter"]) == (201, number)


async def test_a_letter_that_was_numbered_and_not_kept_is_diverted_when_the_rules_get_stricter(
    tmp_path: Path,
) -> None:
    async with front(tmp_path) as before:
        before.shelf.documents.failures.append("before")
        await before.submit(key="the-same-key", body=f"有人{STOP}")
        async with guarded_front(tmp_path) as desk:
            desk.keys.kept = before.keys.kept
            answers = [await desk.submit(key="the-same-key", body=f"有人{STOP}") for _ in range(2)]
    assert [is_problem(answer, "422 emergency") for answer in answers] == [True, True]
    assert answers[0].text == answers[1].text


async def test_what_was_diverted_stays_so_when_the_rules_get_milder(tmp_path: Path) -> None:
    async with guarded_front(tmp_path) as before:
        number = await diverted(before, key="the-same-key")
        async with front(tmp_path) as desk:
            desk.keys.kept = before.keys.kept
            desk.shelf.documents.kept = before.shelf.documents.kept
            again = await desk.submit(key="the-same-key", body=f"写明{STOP}的信")
    assert is_problem(again, "422 emergency")
    assert again.json()["diversion"] == number


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


async def say(
    desk: Front, number: str, *, now: bool, key: str = "say-key-001", who: str = "chen"
) -> httpx.Response:
    """The writer answers whether it is happening now."""
    path = f"/v1/diversions/{number}/answer"
    return await desk.post(path, {"happening_now": now}, key=key, who=who)


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


# --- reports of crimes and matters of others ---------------------------------------------------


@pytest.mark.parametrize(("mark", "code"), [(CRIME, "crime_report"), (OTHERS, "not_police")])
async def test_it_is_explained_where_to_turn_and_the_letter_sent_all_the_same(
    desk: Front, mark: str, code: str
) -> None:
    first = await desk.submit(body=f"写明{mark}", key="the-same-key")
    assert is_problem(first, f"422 {code}")
    assert first.json()["lines"]
    assert not desk.shelf.documents.kept
    assert not desk.keys.kept
    second = await desk.submit(body=f"写明{mark}", key="the-same-key", send_anyway=code)
    again = await desk.submit(body=f"写明{mark}", key="the-same-key", send_anyway=code)
    assert (second.status_code, second.text) == (201, again.text)
    (said,) = desk.shelf.said(LETTERS)
    assert said.data.triage.class_ == code
    assert desk.shelf.said_types(DIVERSIONS) == []


async def test_what_was_taken_in_is_not_explained_again(desk: Front) -> None:
    over = {"body": f"写明{CRIME}", "key": "the-same-key"}
    taken = await desk.submit(**over, send_anyway="crime_report")
    assert (await desk.submit(**over)).text == taken.text


@pytest.mark.parametrize("other", ["not_police", None])
async def test_only_what_was_explained_is_sent_all_the_same(desk: Front, other: str | None) -> None:
    answer = await desk.submit(body=f"写明{CRIME}", send_anyway=other)
    assert is_problem(answer, "422 crime_report")


async def test_an_emergency_is_never_sent_all_the_same(desk: Front) -> None:
    for value in ("emergency", "accept", True):
        assert is_problem(await desk.submit(send_anyway=value), "422 invalid")
    answer = await desk.submit(body=f"{STOP}与{CRIME}", send_anyway="crime_report")
    assert is_problem(answer, "422 emergency")


# --- what is said later ------------------------------------------------------------------------

LATER = {
    "answer": {"question": 1, "text": f"快来{STOP}"},
    "addition": {"text": f"快来{STOP}"},
    "rating": {"solved": False, "score": 1, "comment": f"快来{STOP}"},
    "reopening": {"text": f"快来{STOP}"},
    "appeal": {"text": f"快来{STOP}"},
}


@pytest.mark.parametrize("kind", LATER)
async def test_an_emergency_said_later_comes_to_the_desk_and_to_the_letter(
    desk: Front, kind: str
) -> None:
    number = await desk.taken_in()
    await desk.progress(number, received(), routed())
    answers = [await desk.post(f"/v1/letters/{number}/{kind}", LATER[kind]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].text == answers[1].text
    told = answers[0].json()["emergency"]
    assert told["lines"][0]["number"] == "110"
    (said,) = desk.shelf.said(DIVERSIONS)
    assert (said.subject, said.data.letter) == (told["diversion"], number)
    assert len(desk.shelf.said_types(LETTERS)) == 3
    assert (await desk.letter(number)).requests[-1].kind == kind
    state = await kept(desk, told["diversion"])
    assert state.caught is not None
    assert state.caught.said is not None
    assert state.caught.said.text == f"快来{STOP}"
    assert state.caught.contact is not None
    assert state.caught.contact.phone == SECOND_PHONE


async def test_no_to_what_was_said_later_makes_no_second_letter(desk: Front) -> None:
    number = await desk.taken_in()
    answer = await desk.post(f"/v1/letters/{number}/addition", {"text": f"也许{ASK}"})
    told = answer.json()["emergency"]
    assert told["answer_at"] == f"/v1/diversions/{told['diversion']}/answer"
    said = await say(desk, told["diversion"], now=False)
    assert (said.status_code, said.json()["letter"]) == (200, number)
    assert desk.shelf.said_types(LETTERS) == ["letter.submitted", "addition.submitted"]


async def test_what_can_not_come_to_the_letter_any_more_is_with_the_desk(desk: Front) -> None:
    number = await desk.taken_in()
    for one in range(20):
        path = f"/v1/letters/{number}/addition"
        assert (await desk.post(path, {"text": "还有"}, key=f"add-key-{one:03}")).is_success
    answer = await desk.post(f"/v1/letters/{number}/addition", {"text": f"快来{STOP}"})
    assert is_problem(answer, "422 emergency")
    assert answer.json()["refused"] == "limit"
    assert (await kept(desk, answer.json()["diversion"])).found_in == number


async def test_what_was_said_waits_until_the_desk_has_it(desk: Front) -> None:
    number = await desk.taken_in()
    desk.shelf.documents.failures.append("before")
    answer = await desk.post(f"/v1/letters/{number}/addition", {"text": f"快来{STOP}"})
    assert is_problem(answer, "503 emergency_not_kept")
    assert desk.shelf.said_types(LETTERS) == ["letter.submitted"]


async def test_nobody_diverts_by_adding_to_anothers_letter(desk: Front) -> None:
    number = await desk.taken_in()
    path = f"/v1/letters/{number}/addition"
    answer = await desk.post(path, {"text": f"快来{STOP}"}, who="huang")
    assert is_problem(answer, "404 not_found")
    assert desk.shelf.said_types(DIVERSIONS) == []
