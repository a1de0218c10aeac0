"""A complaint about the provincial department reaches only the department's inspection."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.router.domain.department import NOT_BY_US
from services.router.domain.evolve import evolve
from services.router.domain.external_events import PassIdentity
from services.router.domain.handling import AcceptLetter
from services.router.domain.letter import Letter
from services.router.domain.reclassification import ReclassifyLetter
from services.router.domain.resends import ResendToHolder, ShowToHolder
from services.router.domain.routing import RouteLetter
from services.router.domain.writer_requests import AppealRefusal, ReopenLetter
from shared.contracts.bureau_v1 import ActionRefused
from shared.contracts.submitted_v1 import IdentitySealed, WithdrawalRequested
from shared.contracts.topics import SUBMITTED, letters_of
from shared.contracts.values import About, By
from shared.contracts.words import WriterText
from shared.kernel.errors import NotAllowed, NotHeld
from shared.platform.letters.service_decider import Outgoing
from tests.intake.faces import is_problem, token
from tests.router.desking import BODIES
from tests.router.office import STAFF, Office, accepting, office
from tests.router.story import (
    LETTER,
    MONDAY,
    NAME,
    TRIAGE,
    accept,
    acting,
    decline,
    given,
    later,
    letter_of,
    names,
    outgoing,
    rate,
    receive,
    reply,
    route,
    running,
    sign,
)

DEPARTMENT = About(kind="bureau", level="province")
INSPECTION = About(kind="unit", bureau="province", police_type="inspection")
GUANGZHOU = About(kind="bureau", bureau="guangzhou")
TRAFFIC = About(kind="unit", bureau="province", police_type="traffic")
HANDLER = By(role="handler", bureau="province", staff="p-i-1")
SYSTEM = By(role="bureau", bureau="province", staff="p-7")
HEAD = By(role="chief", bureau="province", staff="example-province-named")
OURS = letters_of("province").name


def by_inspection(**over: Any) -> dict[str, Any]:
    return acting("province", **({"by": HANDLER} | over))


def told(*commands: Any, about: About = DEPARTMENT, **over: Any) -> Any:
    """A complaint comes in, and what follows."""
    return given().when(receive(category="complaint", about=about, **over), *commands)


def reclassify(about: About | None, by: By = TRIAGE) -> ReclassifyLetter:
    return ReclassifyLetter(by, later(), "complaint", None, about)


def heard(*commands: Any, after: Any = None) -> list[tuple[str, ...]]:
    """Topic and type of each event for bureaus after these commands."""
    story, told_there = after or given(), []
    for command in commands:
        state = story.state
        story = story.when(command)
        for event in story.caused:
            state = evolve(state, event)
            told_there += [out for out in outgoing(event, state) if isinstance(out, Outgoing)]
    there = [one for one in told_there if one.topic.startswith("bureau.")]
    return [(one.topic, *names([one.event])) for one in there]


# --- the rules -----------------------------------------------------------------------------------


def test_it_goes_to_the_inspection_at_once_and_the_same_clocks_run() -> None:
    story, other = told(), given().when(receive("guangzhou", category="complaint"))
    letter = letter_of(story.state)
    assert names(story.caused) == ["letter.received", "letter.routed"]
    assert (letter.holder, letter.state, letter.is_quiet) == ("province", "routed", True)
    assert running(story.state) == running(other.state)
    assert heard(receive(category="complaint", about=DEPARTMENT)) == []


def test_it_is_answered_and_the_department_s_own_system_hears_nothing() -> None:
    steps = (
        AcceptLetter(**by_inspection()),
        reply("province", by=HANDLER),
        sign(HEAD),
        rate(solved=False),
        ReopenLetter("r-9", later(), WriterText(text="还没解决。")),
    )
    assert heard(*steps, after=told()) == []
    letter = letter_of(told(*steps).state)
    assert (letter.state, letter.holder, letter.replies) == ("handling", "province", 1)


def test_the_province_s_own_system_may_not_act_on_it_nor_ask_for_it() -> None:
    story = told()
    for command in (
        accept("province", by=SYSTEM),
        ResendToHolder("province", 1, SYSTEM, MONDAY, 1, True),
    ):
        with pytest.raises(NotHeld):
            story.when(command)
    assert story.when(ShowToHolder("province", at=MONDAY)).caused == ()


def test_no_identity_is_passed_on_whatever_the_category() -> None:
    story = given().when(receive(category="suggestion", about=DEPARTMENT))
    assert story.caused[-1].masked
    sealed = IdentitySealed(
        bureau="province", assignment=1, kid="k", envelope={"bureau:province": "a.b.c.d.e"}
    )
    assert story.when(PassIdentity(sealed, at=MONDAY)).caused == ()


def test_a_complaint_about_the_inspection_is_declined_at_once_with_12389() -> None:
    story = told(about=INSPECTION)
    assert names(story.caused) == [
        "letter.received",
        "triage.entered",
        "reply.submitted",
        "letter.declined",
    ]
    declined = story.caused[-1]
    assert (declined.decline_reason, declined.where_to_turn) == ("outside_jurisdiction", "12389")
    assert declined.words.text == NOT_BY_US
    assert (declined.by.role, declined.appeal_by) == ("rule", None)
    assert running(story.state) == set()
    assert heard(receive(category="complaint", about=INSPECTION)) == []
    again = story.when(AppealRefusal("r-1", later(), WriterText(text="请再看。")))
    assert names(again.caused) == ["request.refused"]


def test_an_appeal_of_its_refusal_comes_back_to_the_inspection() -> None:
    refused = told(decline("province", by=HANDLER), sign(HEAD))
    appeal = AppealRefusal("r-1", later(1), WriterText(text="请再看。"))
    story = refused.when(appeal)
    assert names(story.caused)[-2:] == ["triage.entered", "letter.routed"]
    letter = letter_of(story.state)
    assert (letter.holder, letter.assignment, letter.is_quiet) == ("province", 2, True)
    assert heard(appeal, after=refused) == []


@pytest.mark.parametrize("bureau", [None, "guangzhou", "province"])
def test_what_turns_out_to_be_about_the_department_is_the_inspection_s(bureau: Any) -> None:
    before = (receive(None), *((route(bureau),) if bureau else ()))
    story = given().when(*before)
    letter = letter_of(story.when(reclassify(DEPARTMENT)).state)
    assert (letter.holder, letter.state, letter.is_quiet) == ("province", "routed", True)
    over = [(letters_of(bureau).name, "assignment.ended")] if bureau else []
    assert heard(reclassify(DEPARTMENT), after=story) == over


def test_what_turns_out_to_be_about_its_inspection_is_declined() -> None:
    story = given().when(receive(None), reclassify(INSPECTION))
    assert names(story.caused)[-1] == "letter.declined"
    with pytest.raises(NotAllowed):
        told(reclassify(INSPECTION))


@pytest.mark.parametrize("about", [GUANGZHOU, TRAFFIC, None])
def test_what_turns_out_to_be_about_others_leaves_the_inspection(about: About | None) -> None:
    story = told(reclassify(about))
    assert heard(reclassify(about), after=told()) == []
    letter = letter_of(story.state)
    assert names(story.caused)[-1] == "letter.recalled"
    assert (letter.holder, letter.state) == ("triage", "triage")
    assert heard(route("foshan"), after=story) == [(letters_of("foshan").name, "letter.assigned")]


def test_it_can_be_routed_by_hand_to_the_inspection_alone() -> None:
    waiting = letter_of(given().when(receive(None)).state)
    held = {**vars(waiting), "about": DEPARTMENT, "excluded": ("province",)}
    before = given.state(Letter(**held))
    for bureau in ("guangzhou", "foshan"):
        with pytest.raises(NotAllowed):
            before.when(RouteLetter(TRIAGE, later(), bureau))
    assert letter_of(before.when(route("province")).state).is_quiet


# --- at the desk ---------------------------------------------------------------------------------

HANDLING = "pv-inspection"
CHIEF = "example-province-named"


@pytest.fixture
async def ours(tmp_path: Path) -> AsyncIterator[Office]:
    """The router with a complaint about the department."""
    async with office(tmp_path) as desk:
        await desk.receive(told=receive("guangzhou", category="complaint", about=DEPARTMENT))
        yield desk


async def does(desk: Office, what: str, who: str, **over: Any) -> Any:
    """A person's request with a fresh sign-in."""
    at = desk.shelf.now()
    given_ = token(who, at=at, roles=STAFF[who], auth_time=int(at.timestamp()))
    desk.shelf.now.pass_by(seconds=1)
    body = BODIES[what]
    answer = await desk.client.post(
        f"/v1/letters/{LETTER}/{what}",
        json=body | over if body is not None else None,
        headers={"authorization": f"Bearer {given_}", "idempotency-key": f"key-{what}-{who}-x"},
    )
    await desk.shelf.quiet()
    return answer


async def test_the_inspection_alone_sees_it_in_every_way(ours: Office) -> None:
    seen = set()
    for who in STAFF:
        one = await ours.get(f"/v1/letters/{LETTER}", who)
        lists = [
            await ours.get("/v1/letters", who, state="routed", holder=holder)
            for holder in ("province", "triage")
        ]
        lists += [await ours.get("/v1/triage", who), await ours.get("/v1/follow_up", who)]
        found = {LETTER in answer.text for answer in lists}
        assert (one.status_code == 200) == (True in found), who
        if one.status_code == 200:
            seen.add(who)
            assert one.json()["sight"] == "all"
            assert NAME not in one.text
    assert seen == {HANDLING, CHIEF}


async def test_the_inspection_works_on_it_and_the_office_does_not(
    ours: Office,
) -> None:
    for what in ("accept", "note", "ask"):
        assert (await does(ours, what, HANDLING)).status_code == 200, what
    for what in ("accept", "reply", "note"):
        assert is_problem(await does(ours, what, "pv"), "404 not_found")
    assert ours.shelf.said(OURS) == []


async def test_more_time_is_decided_and_the_reply_signed_within_the_inspection(
    ours: Office,
) -> None:
    for what, who in (
        ("accept", HANDLING),
        ("request_extension", HANDLING),
        ("decide_extension", CHIEF),
        ("read", CHIEF),
        ("instruct", CHIEF),
        ("answer_instruction", HANDLING),
        ("reply", HANDLING),
    ):
        answer = await does(ours, what, who)
        assert answer.status_code == 200, (what, answer.text)
    for who in ("pv-chief", "di", "wu", "lin"):
        assert is_problem(await does(ours, "sign", who), "404 not_found")
    assert is_problem(await does(ours, "sign", HANDLING), "403 not_allowed")
    assert (await does(ours, "sign", CHIEF)).json()["state"] == "replied"


async def test_the_inspection_says_what_it_is_and_sends_it_on(ours: Office) -> None:
    about = {"kind": "bureau", "bureau": "guangzhou"}
    answer = await does(ours, "reclassify", HANDLING, about=about)
    assert (answer.status_code, answer.json()["sight"]) == (200, "nothing")
    assert (await ours.letter()).holder == "triage"
    seen = {who for who in STAFF if (await ours.get(f"/v1/letters/{LETTER}", who)).is_success}
    assert seen == {"lin", "wu", "xu", "di", "he"}, "no past of the department's office"


async def test_a_return_waits_for_the_inspection_alone(ours: Office) -> None:
    assert (await does(ours, "return", HANDLING, suggestion=None)).status_code == 200
    assert (await ours.get("/v1/triage", "lin")).json()["letters"] == []
    (waiting,) = (await ours.get("/v1/triage", HANDLING)).json()["letters"]
    assert waiting["letter"] == LETTER
    assert is_problem(await does(ours, "route", "lin", bureau="province"), "404 not_found")
    answer = await does(ours, "route", HANDLING, bureau="province")
    assert (answer.json()["holder"], answer.json()["assignment"]) == ("province", 2)


async def test_the_province_s_system_is_told_that_it_doesnt_hold_it(ours: Office) -> None:
    await ours.act(accepting(), "province")
    (refused,) = ours.shelf.said(OURS)
    assert isinstance(refused.data, ActionRefused)
    assert (refused.data.code, refused.data.state, refused.sequence) == ("not_held", None, None)
    assert (await ours.letter()).state == "routed"


async def test_nothing_is_told_there_when_it_is_withdrawn(ours: Office) -> None:
    await ours.shelf.hear_events(
        SUBMITTED.name, LETTER, WithdrawalRequested(request_id="r-1", reason="mistake")
    )
    assert (await ours.letter()).state == "withdrawn"
    assert ours.shelf.said(OURS) == []


async def test_supervisors_can_not_even_recall_it(ours: Office) -> None:
    for what in ("recall", "supervise", "reclassify", "consent_return"):
        assert is_problem(await does(ours, what, "wu"), "404 not_found")
