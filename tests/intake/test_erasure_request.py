"""A writer has parts of an ended letter erased over HTTP, if nothing and no law needs them."""

from typing import Any

import pytest

from shared.contracts.progress_v1 import PetitionMarked
from shared.contracts.topics import SUBMITTED
from tests.intake.faces import is_problem
from tests.intake.front import Front
from tests.intake.story import NAME, TEXT, closed, fact, received, replied, routed

ENDED = (received(), routed(), replied(), closed())
ALL = {"what": ["identity", "words", "attachments"]}


async def ended(desk: Front, *more: Any) -> str:
    """The number of a letter that was closed a month and a day ago."""
    number = await desk.taken_in()
    await desk.progress(number, *ENDED[:2], *more, *ENDED[2:])
    desk.shelf.now.pass_by(days=31)
    return number


async def test_what_was_asked_is_gone_and_the_course_stays(desk: Front) -> None:
    number = await ended(desk)
    answer = await desk.post(f"/v1/letters/{number}/erasure", ALL)
    assert (answer.status_code, answer.json()) == (200, {"erased": ["identity", "words"]})
    assert desk.shelf.said_types(SUBMITTED.name)[-1] == "letter.erased"
    last = desk.shelf.said(SUBMITTED.name)[-1].data
    assert (last.rule, last.what) == ("writer.request", ("identity", "words"))
    shown = await desk.get(f"/v1/letters/{number}")
    assert shown.status_code == 200
    assert (NAME in shown.text, TEXT in shown.text) == (False, False)
    assert shown.json()["state"] == "closed"


async def test_files_are_gone_with_their_records_before_anybody_hears_of_it(desk: Front) -> None:
    file = await desk.uploaded()
    number = await desk.taken_in(files=[file])
    await desk.progress(number, *ENDED)
    desk.shelf.now.pass_by(days=31)
    assert desk.objects.list().collect()
    answer = await desk.post(f"/v1/letters/{number}/erasure", {"what": ["attachments"]})
    assert answer.json() == {"erased": ["attachments"]}
    assert not desk.objects.list().collect()
    assert (await desk.get(f"/v1/files/{file}")).status_code == 404
    assert (await desk.get(f"/v1/letters/{number}")).json()["files"] == []


async def test_repeating_it_is_harmless(desk: Front) -> None:
    number = await ended(desk)
    path = f"/v1/letters/{number}/erasure"
    await desk.post(path, {"what": ["words", "words"]})
    again = await desk.post(path, {"what": ["words"]})
    assert (again.status_code, again.json()) == (200, {"erased": []})
    assert desk.shelf.said_types(SUBMITTED.name).count("letter.erased") == 1


async def test_a_letter_that_runs_is_kept(desk: Front) -> None:
    number = await desk.taken_in()
    answer = await desk.post(f"/v1/letters/{number}/erasure", ALL)
    assert is_problem(answer, "409 out_of_order")
    assert (await desk.letter(number)).words is not None


async def test_a_refusal_names_the_rule_and_the_day(desk: Front) -> None:
    number = await desk.taken_in()
    await desk.progress(number, *ENDED)
    soon = await desk.post(f"/v1/letters/{number}/erasure", {"what": ["words"]})
    assert is_problem(soon, "409 still_kept")
    assert (soon.json()["rule"], soon.json()["until"]) == ("letters.words", "2026-12-24")
    petition = await ended(desk, fact(PetitionMarked, reason="by_content"))
    kept = await desk.post(f"/v1/letters/{petition}/erasure", {"what": ["identity"]})
    assert is_problem(kept, "409 still_kept")
    assert kept.json()["rule"] == "petitions.identity"


@pytest.mark.parametrize("who", ["huang", None])
async def test_it_is_for_the_letters_own_writer(desk: Front, who: str | None) -> None:
    number = await ended(desk)
    answer = await desk.post(f"/v1/letters/{number}/erasure", ALL, who=who)
    assert answer.status_code == (401 if who is None else 404)
    assert (await desk.letter(number)).words is not None


@pytest.mark.parametrize(
    "body",
    [{}, {"what": []}, {"what": ["all"]}, {"what": "words"}, {"what": None}, [],
     {"what": ["words"], "letter": "GD-1"}, {"what": ["words"] * 4}, b"{", b"\xff"],
)  # fmt: skip
async def test_a_bad_request_erases_nothing(desk: Front, body: Any) -> None:
    number = await ended(desk)
    answer = await desk.post(f"/v1/letters/{number}/erasure", body)
    assert answer.status_code in (400, 422)
    assert (await desk.letter(number)).words is not None
