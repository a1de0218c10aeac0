"""Who sees a letter on every route: its holders, and those that it complains about."""

from typing import Any

import pytest

from services.router.api.letters_schemas import shown
from services.router.domain.evolve import evolve
from services.router.domain.letter import Letter, standing
from shared.contracts.bureau_v1 import AssignmentEnded
from shared.contracts.progress_v1 import LetterAccepted, LetterWithdrawn, TriageEntered
from shared.contracts.values import About, By
from shared.kernel.access_policy import PastHolding
from tests.intake.faces import is_problem
from tests.router.office import STAFF, Office
from tests.router.story import (
    BODY,
    LETTER,
    NAME,
    PHONE,
    at,
    for_bureau,
    letter_of,
    receive,
    snapshot,
)

GZ_TRAFFIC = About(kind="unit", bureau="guangzhou", police_type="traffic")
GUANGZHOU = About(kind="bureau", bureau="guangzhou")


async def seers(desk: Office) -> set[str]:
    """Who sees the letter; all others get 404 or 403."""
    answers = {who: await desk.get(f"/v1/letters/{LETTER}", who) for who in STAFF}
    for who, answer in answers.items():
        asks = who not in ("mei", "du")
        if answer.status_code != 200:
            assert is_problem(answer, "404 not_found" if asks else "403 not_allowed")
    return {who for who, answer in answers.items() if answer.status_code == 200}


async def complain(desk: Office, about: About, **over: Any) -> None:
    """A complaint about a person or bureau arrives."""
    await desk.receive(told=receive("guangzhou", category="complaint", about=about, **over))


def unnamed() -> set[str]:
    """A person who sees every letter except those about the department or themself."""
    return {"lin", "wu", "xu", "di", "he"}


async def test_a_letter_is_its_bureaus_office_and_chief_s(desk: Office) -> None:
    await desk.receive(told=receive("guangzhou"))
    assert await seers(desk) == unnamed() | {"gz", "gz-chief"}


async def test_a_complaint_about_a_unit_is_for_its_bureaus_inspection(desk: Office) -> None:
    await complain(desk, GZ_TRAFFIC)
    assert await seers(desk) == unnamed()
    assert (await desk.route(bureau="guangzhou")).status_code == 200
    assert await seers(desk) == unnamed() | {"gz-inspection", "gz-chief"}


async def test_a_complaint_about_a_bureau_reaches_nobody_there(desk: Office) -> None:
    await complain(desk, GUANGZHOU)
    refused = await desk.route(bureau="guangzhou")
    assert is_problem(refused, "403 not_allowed")
    assert (await desk.letter()).state == "triage"
    assert (await desk.route(bureau="province", key="key-00002")).status_code == 200
    assert await seers(desk) == unnamed() | {"pv", "pv-chief"}


@pytest.mark.parametrize("officer", ["wu", "lin", "di", "gz-chief", "gz-inspection"])
async def test_an_officer_never_sees_a_complaint_about_themself(desk: Office, officer: str) -> None:
    about = GZ_TRAFFIC.model_copy(update={"kind": "officer", "officer": officer})
    await complain(desk, about)
    if officer != "lin":
        await desk.route(bureau="guangzhou")
        everybody = unnamed() | {"gz-inspection", "gz-chief"}
    else:
        everybody = unnamed()
        assert (await desk.get("/v1/triage", officer)).json()["letters"] == []
    assert await seers(desk) == everybody - {officer}


async def test_nobody_sees_a_complaint_about_the_police_anywhere_but_the_desks(
    desk: Office,
) -> None:
    await complain(desk, About(kind="officer"))
    assert is_problem(await desk.route(bureau="foshan"), "403 not_allowed")
    assert await seers(desk) == unnamed()


async def test_an_auditor_sees_the_course_and_no_words(desk: Office) -> None:
    await desk.receive(told=receive("guangzhou"))
    answer = await desk.get(f"/v1/letters/{LETTER}", "he")
    told = answer.json()
    assert (told["sight"], told["state"], told["holder"]) == ("course", "routed", "guangzhou")
    assert (told["subject"], told["body"]) == (None, None)
    assert NAME not in answer.text


async def test_the_province_follows_the_course_of_what_was_addressed_to_it(desk: Office) -> None:
    await desk.receive(told=receive("guangzhou", addressed_to="province"))
    assert "pv" in await seers(desk)
    await desk.route(bureau="guangzhou")
    told = (await desk.get(f"/v1/letters/{LETTER}", "pv")).json()
    assert (told["sight"], told["holder"], told["body"]) == ("course", "guangzhou", None)


# --- what was theirs -----------------------------------------------------------------------------


def handed_back(letter: Letter) -> Letter:
    """The letter, once its bureau no longer holds it."""
    back = TriageEntered(
        state="triage",
        holder="triage",
        assignment=letter.assignment,
        by=By(role="bureau", bureau="guangzhou"),
        reasons=("returned",),
    )
    return letter_of(evolve(letter, back))


def test_a_holding_that_ends_is_remembered_with_its_last_fact() -> None:
    routed = letter_of(at("routed").state)
    assert (routed.held, routed.facts) == ((), 2)
    back = handed_back(routed)
    assert (back.held, back.facts) == ((PastHolding("guangzhou", None, 3),), 3)
    assert standing(back).held == back.held


def test_a_unit_s_holding_ends_with_its_bureau_s() -> None:
    routed = letter_of(at("routed").state)
    passed = Letter(**{**vars(routed), "unit": "traffic"})
    back = handed_back(passed)
    assert back.held == (PastHolding("guangzhou", None, 3), PastHolding("guangzhou", "traffic", 3))
    assert back.unit is None


def test_a_letter_that_ends_stays_with_its_last_holder() -> None:
    assert letter_of(at("withdrawn").state).held == ()
    assert letter_of(at("closed").state).held == ()


def test_a_former_holder_gets_the_masked_text_and_nothing_that_came_later() -> None:
    back = handed_back(letter_of(at("routed").state))
    told = shown(LETTER, back, sight="past")
    assert (told.state, told.holder, told.assignment, told.category) == (None, None, None, None)
    assert told.clocks == []
    assert told.body is not None
    assert told.body != BODY
    assert not [secret for secret in (NAME, PHONE) if secret in told.model_dump_json()]


# --- what a bureau is told -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "line"),
    [
        (GZ_TRAFFIC, "inspection"),
        (About(kind="unit", bureau="foshan", police_type="traffic"), "traffic"),
        (None, "traffic"),
    ],
)
def test_a_bureau_is_told_that_a_complaint_about_its_unit_is_for_its_inspection(
    about: About | None, line: str
) -> None:
    letter = letter_of(at("routed").state)
    complained = Letter(**{**vars(letter), "about": about, "police_type": "traffic"})
    assert snapshot(complained).police_type == line


def test_a_holder_that_turns_out_to_be_complained_of_is_told_nothing_more() -> None:
    letter = letter_of(at("routed").state)
    found_out = Letter(**{**vars(letter), "about": GUANGZHOU})
    said: dict[str, Any] = {
        "holder": "guangzhou",
        "assignment": 1,
        "by": By(role="rule"),
    }
    accepted = LetterAccepted(**said, state="handling")
    assert for_bureau(accepted, letter)
    assert for_bureau(accepted, found_out) == ()
    (ended,) = for_bureau(LetterWithdrawn(**said, state="withdrawn", reason="settled"), found_out)
    assert isinstance(ended, AssignmentEnded)
