"""A referral is shown once; a danger that is mentioned later reaches desk and letter."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.intake.api.letter_submission import submit_command
from services.intake.api.letters_schemas import NewLetter
from shared.contracts.topics import DIVERTED, SUBMITTED
from shared.platform.http.tokens import Person
from shared.rules.classify.triage import TriageResult
from tests.intake.emergencies import ASK, CRIME, OTHERS, STOP, guarded_front, kept, say
from tests.intake.faces import is_problem
from tests.intake.front import Front
from tests.intake.story import SECOND_PHONE, received, routed
from tests.support.doubles import START

LETTERS, DIVERSIONS = SUBMITTED.name, DIVERTED.name


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened_front:
        yield opened_front


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


def test_a_letter_with_more_reasons_than_an_event_holds_is_sent_with_the_first_of_them() -> None:
    said = TriageResult(
        "not_police", evidence=tuple(f"other.reason-{number}" for number in range(40))
    )
    person = Person("chen", "陈某", "44019919900101001X", "15400000000")
    letter = NewLetter(subject="路灯", body="坏了", category="request")
    told = submit_command(person, letter, triaged=said, owner="chen", received_at=START)
    assert told.letter.triage.reasons == said.evidence[:32]


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


async def test_what_somebody_adds_to_anothers_letter_is_no_part_of_it(desk: Front) -> None:
    number = await desk.taken_in()
    path = f"/v1/letters/{number}/addition"
    answer = await desk.post(path, {"text": f"快来{STOP}"}, who="huang")
    assert is_problem(answer, "404 not_found")
    assert [said.data.letter for said in desk.shelf.said(DIVERSIONS)] == [None]
