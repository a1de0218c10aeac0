"""Who may do what at the desks, repeated requests, and valid bodies."""

from typing import Any

import pytest

from shared.contracts.values import About
from tests.intake.faces import is_problem
from tests.router.desking import BODIES, CHIEF, FRESH, PROVINCE, ROLES, begin, do, does, said
from tests.router.office import Office
from tests.router.story import LETTER, OTHER

# --- who may -----------------------------------------------------------------------------------

MAY: dict[str, set[str]] = {
    **{key: {"lin"} for key in ("route", "decline_at_triage")},
    **{key: {"lin", "wu"} for key in ("reclassify", "mark_petition", "mark_disclosure")},
    **{key: {"wu"} for key in ("consent_return", "recall", "supervise")},
    **{key: {CHIEF, PROVINCE} for key in ("read", "instruct")},
    "decide_extension": {"wu", CHIEF},
    **{key: {CHIEF} for key in ("sign", "send_back")},
    "propose_publication": {"gz", CHIEF},
    "conflict": {"gz", "lin", "wu", CHIEF, PROVINCE},
}
HANDLERS = {"gz"}
SUPERVISORS = {"wu", "example-province-supervisor"}


def allowed(what: str) -> set[str]:
    may = MAY.get(what, HANDLERS)
    return may | SUPERVISORS if "wu" in may else may


@pytest.mark.parametrize("who", ROLES)
async def test_nobody_else_may(desk: Office, who: str) -> None:
    """The answer is 403, or 404 as for an unknown letter; nothing changes."""
    await begin(desk)
    before = dict(desk.shelf.documents.kept)
    for what in [what for what in BODIES if who not in allowed(what)]:
        answer = await do(desk, what, who)
        assert answer.status_code in (403, 404, 409), (what, answer.text)
        if answer.status_code == 409:
            assert what in FRESH, "the state is checked before whether the rule lets them sign"
        assert desk.shelf.documents.kept == before, what


@pytest.mark.parametrize(
    ("what", "who"), [(what, who) for what in BODIES for who in sorted(allowed(what))]
)
async def test_those_who_may_are_let_in(desk: Office, what: str, who: str) -> None:
    await begin(desk)
    answer = await do(desk, what, who)
    assert answer.status_code in (200, 204, 409, 422), answer.text


@pytest.mark.parametrize("what", BODIES)
async def test_wrong_and_foreign_letters_read_the_same(desk: Office, what: str) -> None:
    await begin(desk, city="foshan")
    who = next(iter(sorted(MAY.get(what, HANDLERS) & {"gz", CHIEF})), "lin")
    wrong = LETTER[:-1] + ("0" if LETTER[-1] != "0" else "1")
    answers = [await do(desk, what, who, letter) for letter in (LETTER, OTHER, wrong, "x")]
    if who == "lin":
        answers = answers[1:]
    if answers[0].status_code == 403:
        assert what in {"consent_return", "recall", "supervise"}
        return
    assert all(is_problem(one, "404 not_found") for one in answers)
    assert len({one.text for one in answers}) == 1


@pytest.mark.parametrize("what", BODIES)
async def test_whom_a_letter_complains_of_finds_none_whatever_they_are(
    desk: Office, what: str
) -> None:
    """Its unit and the office are kept out of it, and the officer in whichever role they come."""
    about = About(kind="officer", bureau="guangzhou", police_type="traffic", officer="himself")
    await begin(desk, about=about, category="complaint")
    assert (await do(desk, "route", "lin", bureau="guangzhou")).status_code == 200
    every = ["triage", "supervisor", "director", "bureau:guangzhou:chief"]
    ROLES["himself"] = every
    try:
        for who in ("himself", "gz", "gz-traffic"):
            answer = await do(desk, what, who)
            assert answer.status_code in (403, 404), answer.text
            assert answer.status_code == 404 or who != "himself"
        assert said(desk)[-1] == "letter.routed"
    finally:
        del ROLES["himself"]


@pytest.mark.parametrize("what", sorted(FRESH))
async def test_a_signature_needs_a_fresh_sign_in(desk: Office, what: str) -> None:
    await begin(desk)
    await does(desk, ("decline", "gz"))
    stale = await do(desk, what, CHIEF, minutes=6)
    assert is_problem(stale, "401 sign_in_again")
    assert (await do(desk, what, CHIEF, minutes=4)).status_code == 200


@pytest.mark.parametrize("what", ["recall", "supervise", "decide_extension", "instruct"])
async def test_a_claim_of_a_form_that_nobody_knows_opens_nothing(desk: Office, what: str) -> None:
    ROLES["odd"] = ["triage", "supervisor:trainee", "director:x", "bureau:guangzhou:chief:x"]
    await begin(desk)
    await does(desk, ("accept", "gz"), ("request_extension", "gz"))
    try:
        assert is_problem(await do(desk, what, "odd"), "403 not_allowed")
        assert said(desk)[-1] == "extension.requested"
    finally:
        del ROLES["odd"]


async def test_the_asker_does_not_decide_with_another_hat(desk: Office) -> None:
    ROLES["both"] = ["bureau:guangzhou:handler", "bureau:guangzhou:chief"]
    await begin(desk)
    await does(desk, ("accept", "both"), ("request_extension", "both"))
    assert is_problem(await do(desk, "decide_extension", "both"), "403 not_allowed")
    await does(desk, ("decide_extension", CHIEF))
    del ROLES["both"]


# --- once, and only what is right ----------------------------------------------------------------


@pytest.mark.parametrize("what", ["note", "supervise", "accept"])
async def test_the_same_key_does_it_once(desk: Office, what: str) -> None:
    await begin(desk)
    who = "wu" if what == "supervise" else "gz"
    first = await do(desk, what, who, key="key-00001")
    again = await do(desk, what, who, key="key-00001")
    assert (first.status_code, again.status_code) == (200, 200)
    names = {"note": "note.added", "supervise": "letter.supervised", "accept": "letter.accepted"}
    assert said(desk).count(names[what]) == 1


async def test_a_return_that_is_sent_again_is_answered_as_it_was(desk: Office) -> None:
    """The answer may have been lost; by now another bureau holds the letter."""
    await begin(desk)
    first = await do(desk, "return", "gz", key="key-00001")
    again = await do(desk, "return", "gz", key="key-00001")
    assert (first.status_code, again.status_code) == (200, 200), again.text
    assert first.json() == again.json()
    assert said(desk).count("letter.returned") == 1
    other = await do(desk, "return", "gz", key="key-00001", reason="other_matter")
    assert is_problem(other, "422 id_reused")
    assert is_problem(await do(desk, "return", "gz", key="key-00002"), "404 not_found")
    assert is_problem(await do(desk, "return", "fs", key="key-00003"), "404 not_found")
    await does(desk, ("route", "lin"))
    assert (await do(desk, "return", "gz", key="key-00001")).json() == first.json()
    assert is_problem(await do(desk, "return", "gz", key="key-00004"), "404 not_found")


async def test_who_has_passed_a_letter_on_asks_again_and_does_nothing_more_with_it(
    desk: Office,
) -> None:
    """Nor when their bureau has it back: it is not their unit's any more."""
    await begin(desk)
    await does(desk, ("accept", "gz"), ("pass_on", "gz"))
    onwards: dict[str, Any] = {"unit": "tianhe.legal", "police_type": "legal"}
    first = await do(desk, "pass_on", "gz-traffic", key="key-00001", **onwards)
    again = await do(desk, "pass_on", "gz-traffic", key="key-00001", **onwards)
    assert (first.json()["sight"], again.json()) == ("past", first.json())
    assert said(desk).count("letter.passed_on") == 2
    await does(desk, ("recall", "wu"))
    for what in ("return", "pass_on"):
        assert is_problem(await do(desk, what, "gz-traffic"), "404 not_found")
    assert (await do(desk, "route", "lin", bureau="guangzhou")).status_code == 200
    before = said(desk)
    for what in ("return", "pass_on"):
        assert is_problem(await do(desk, what, "gz-traffic"), "404 not_found")
    assert said(desk) == before
    assert (await do(desk, "pass_on", "gz-traffic", key="key-00001", **onwards)).status_code == 200


async def test_the_same_key_for_something_else_is_refused(desk: Office) -> None:
    await begin(desk)
    await do(desk, "note", "gz", key="key-00001")
    other = await do(desk, "note", "gz", key="key-00001", text="别的话。")
    assert is_problem(other, "422 id_reused")
    assert is_problem(await do(desk, "accept", "gz", key="key-00001"), "422 id_reused")


@pytest.mark.parametrize(
    ("what", "over"),
    [
        ("reclassify", {"about": {"kind": "officer", "oficer": "s-1"}}),
        ("reclassify", {"about": {"kind": "gossip"}}),
        ("reclassify", {"excluded": ["atlantis"]}),
        ("route", {"bureau": "atlantis"}),
        ("send_back", {"text": ""}),
        ("decide_extension", {"granted": "true"}),
        ("decide_extension", {"days": 0}),
        ("mark_petition", {"reason": "whim"}),
        ("recall", {"reason": "whim"}),
        ("note", {"text": " \n"}),
        ("note", {"text": "长" * 4_001}),
        ("note", {"text": "a\u202eb"}),
        ("note", {"more": 1}),
        ("reply", {"text": "长" * 20_001}),
        ("reply", {"outcome": "sung"}),
        ("reply", {"commitments": [{"due_on": "soon", "text": "x"}]}),
        ("reply", {"publication_proposed": "yes"}),
        ("pass_on", {"unit": "NO SUCH"}),
        ("request_extension", {"days": 0}),
        ("request_extension", {"clock": "lunch"}),
        ("answer_instruction", {"instruction": "1"}),
        ("link", {"with": "a b"}),
    ],
)
async def test_what_is_not_right_is_named_and_never_shown(
    desk: Office, what: str, over: dict[str, Any]
) -> None:
    await begin(desk)
    await does(desk, ("accept", "gz"))
    before = dict(desk.shelf.documents.kept)
    answer = await do(desk, what, min(MAY.get(what, HANDLERS)), **over)
    assert answer.status_code == 422
    assert "oficer" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert not any(str(value) in answer.text for value in over.values() if str(value) not in "1yes")
    assert desk.shelf.documents.kept == before
