"""Emergencies at the front desk: stopped or asked about, kept for the duty desk, never twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.contracts.diverted_v1 import LetterDiverted
from shared.contracts.topics import DIVERTED, SUBMITTED
from shared.kernel.letter_number import is_diversion_number
from tests.intake.emergencies import STOP, diverted, guarded_front, kept
from tests.intake.faces import is_problem
from tests.intake.front import Front, front
from tests.intake.story import ID_NUMBER, NAME, NOON, PHONE, SECOND_PHONE
from tests.support.doubles import Failure

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
    assert "五分钟" in told["read_by"]["zh"]
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
    first = await desk.submit(body=f"有人{STOP}", key="the-same-key")
    other = await desk.submit(body=f"又有人{STOP}", key="the-same-key")
    assert is_problem(other, "422 id_reused")
    assert other.json()["emergency"]["diversion"] != first.json()["diversion"]


@pytest.mark.parametrize("how", ["before", "after"])
async def test_whoever_dies_between_keeping_and_answering_is_answered_alike(
    desk: Front, how: Failure
) -> None:
    desk.shelf.documents.failures.append(how)
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
