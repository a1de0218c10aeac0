"""How a letter comes back from a bureau, and where it goes then."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.router.domain.routing import ConsentReturn, RecallLetter, ReturnLetter
from shared.contracts.bureau_v1 import AssignmentEnded
from shared.contracts.progress_v1 import LetterRecalled, LetterReturned
from shared.contracts.slugs import Bureau
from shared.contracts.values import About
from shared.kernel.errors import NotAllowed, NotHeld, OutOfOrder, StaleAssignment, TooLate
from tests.router.story import (
    NOTE,
    RULEBOOK,
    STAGES,
    SUPERVISOR,
    accept,
    acting,
    ask,
    at,
    caused,
    for_bureau,
    given,
    later,
    letter_of,
    names,
    receive,
    reply,
    route,
    running,
)
from tests.router.test_timers import changes


def back(bureau: Bureau = "guangzhou", assignment: int = 1, **over: Any) -> ReturnLetter:
    """The bureau hands it back."""
    fields: dict[str, Any] = {"reason": "other_place", "suggestion": None, "words": NOTE}
    return ReturnLetter(**(acting(bureau, assignment) | fields | over))


def consent(**over: Any) -> ConsentReturn:
    """A supervisor hands it back in the bureau's stead."""
    fields: dict[str, Any] = {"reason": "other_matter", "suggestion": None, "words": None}
    base: dict[str, Any] = {"by": SUPERVISOR, "at": later(30)}
    return ConsentReturn(**(base | fields | over))


def recall(**over: Any) -> RecallLetter:
    """A supervisor takes it back."""
    fields: dict[str, Any] = {"by": SUPERVISOR, "at": later(1), "reason": "too_slow"}
    return RecallLetter(**(fields | over))


def test_a_returned_letter_waits_for_the_triage_desk() -> None:
    story = at("routed").when(back(suggestion="foshan"))
    returned, entered = story.caused
    assert names(story.caused) == ["letter.returned", "triage.entered"]
    assert (returned.from_bureau, returned.reason, returned.words) == (
        "guangzhou",
        "other_place",
        NOTE,
    )
    assert changes(returned) == [
        ("sign_in", "stopped"),
        ("objection", "stopped"),
        ("assign", "started"),
    ]
    assert (entered.reasons, entered.suggestion) == (("returned",), "foshan")
    letter = letter_of(story.state)
    assert (letter.state, letter.holder, letter.assignment) == ("triage", "triage", 1)
    assert running(story.state) == {"assign", "reply"}


def test_returning_never_restarts_the_reply_clock() -> None:
    before = letter_of(at("routed").state).running("reply")
    after = letter_of(at("routed").when(back(), route("foshan")).state).running("reply")
    assert before == after


def test_it_goes_straight_to_a_bureau_that_writer_and_bureau_both_name() -> None:
    story = given().when(receive("guangzhou", addressed_to="foshan"), route("guangzhou"))
    story = story.when(back(suggestion="foshan"))
    assert names(story.caused) == ["letter.returned", "letter.routed"]
    assert (story.caused[1].bureau, story.caused[1].why) == ("foshan", "rule")
    assert story.caused[1].by.role == "rule"
    letter = letter_of(story.state)
    assert (letter.state, letter.holder, letter.assignment) == ("routed", "foshan", 2)
    assert running(story.state) == {"sign_in", "objection", "reply"}


def test_not_to_one_that_has_returned_it() -> None:
    story = given().when(
        receive("guangzhou", addressed_to="foshan"),
        route("foshan"),
        back("foshan"),
        route("guangzhou"),
        back("guangzhou", 2, suggestion="foshan"),
    )
    assert names(story.caused) == ["letter.returned", "triage.entered"]


def test_not_to_one_that_must_not_see_it_nor_to_one_that_has_not_joined() -> None:
    story = given().when(receive("guangzhou", addressed_to="foshan"), route("guangzhou"))
    hidden = replace(letter_of(story.state), excluded=("foshan",))
    assert names(given.state(hidden).when(back(suggestion="foshan")).caused)[1] == "triage.entered"
    members = {slug: one for slug, one in RULEBOOK.offices.members.items() if slug != "foshan"}
    rulebook = replace(RULEBOOK, offices=replace(RULEBOOK.offices, members=members))
    events = caused(back(suggestion="foshan"), story.state, rulebook)
    assert names(events) == ["letter.returned", "triage.entered"]


def test_what_complains_of_the_police_goes_straight_nowhere() -> None:
    about = About(kind="bureau", bureau="shenzhen")
    story = given().when(receive("guangzhou", addressed_to="foshan", about=about), route())
    story = story.when(back(suggestion="foshan"))
    assert names(story.caused) == ["letter.returned", "triage.entered"]


def test_after_the_third_return_the_province_decides() -> None:
    story = given().when(receive(None))
    others: tuple[Bureau, ...] = ("foshan", "zhuhai", "shantou")
    for assignment, bureau in enumerate(others, 1):
        story = story.when(route(bureau), back(bureau, assignment))
    story = story.when(route("guangzhou"))
    with pytest.raises(NotAllowed, match="province has decided"):
        story.when(back(assignment=4))
    agreed = story.when(consent())
    assert names(agreed.caused) == ["letter.returned", "triage.entered"]
    assert agreed.caused[0].by == SUPERVISOR


def test_two_bureaus_that_return_it_to_each_other_leave_it_to_the_province() -> None:
    story = given().when(
        receive(None),
        route("foshan"),
        back("foshan", suggestion="zhuhai"),
        route("zhuhai"),
        back("zhuhai", 2, suggestion="foshan"),
    )
    assert names(story.caused) == ["letter.returned", "triage.entered"]
    with pytest.raises(NotAllowed):
        story.when(route("foshan"), back("foshan", 3))


def test_after_the_objection_date_it_needs_the_province_s_consent() -> None:
    objection = letter_of(at("routed").state).running("objection")
    assert objection is not None
    last = objection.passes_at
    with pytest.raises(TooLate):
        at("routed").when(back(at=last))
    in_time = at("routed").when(back(at=last - timedelta(microseconds=1)))
    assert names(in_time.caused)[0] == "letter.returned"
    assert names(at("routed").when(consent(at=last)).caused)[0] == "letter.returned"


@pytest.mark.parametrize("stage", [one for one in STAGES if one not in ("nothing", "routed")])
def test_only_what_is_routed_is_returned(stage: str) -> None:
    with pytest.raises((OutOfOrder, NotHeld)):
        at(stage).when(back())
    with pytest.raises(OutOfOrder):
        at(stage).when(consent())


def test_nobody_returns_for_another() -> None:
    with pytest.raises(NotHeld):
        at("routed").when(back("foshan"))
    with pytest.raises(StaleAssignment):
        at("routed").when(back(assignment=2))


def test_the_bureau_hears_that_its_holding_is_over_and_nothing_of_what_follows() -> None:
    story = given().when(receive("guangzhou", addressed_to="foshan"), route("guangzhou"))
    letter = story.state
    caused = story.when(back(suggestion="foshan"))
    state = given().decider.evolve(letter, caused.caused[0])
    (ended,) = for_bureau(caused.caused[0], state)
    assert isinstance(ended, AssignmentEnded)
    assert (ended.why, ended.assignment, ended.holder) == ("returned", 1, "triage")
    assert ended.by.staff is None


# --- recalled ----------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["routed", "handling", "signing"])
def test_the_province_takes_a_letter_back(stage: str) -> None:
    story = at(stage).when(recall())
    (recalled,) = story.caused
    assert (recalled.from_bureau, recalled.reason) == ("guangzhou", "too_slow")
    letter = letter_of(story.state)
    assert (letter.state, letter.holder, letter.draft) == ("triage", "triage", None)
    assert letter.triage_reasons == ("recalled",)
    assert running(story.state) == {"assign", "reply"}
    (ended,) = for_bureau(recalled, story.state)
    assert (type(ended), ended.why) == (AssignmentEnded, "recalled")  # type: ignore[attr-defined]  # an event of ours


def test_what_waited_for_the_writer_goes_on_when_it_is_taken_back() -> None:
    story = at("supplement").when(recall(at=later(3)))
    recalled, moved = story.caused
    assert isinstance(recalled, LetterRecalled)
    assert set(changes(recalled)) == {
        ("answer", "stopped"),
        ("reply", "resumed"),
        ("assign", "started"),
    }
    assert (moved.clock, moved.reason) == ("reply", "resumed")
    assert moved.new_due > moved.old_due
    assert letter_of(story.state).question is None
    again = story.when(route("foshan"), accept("foshan", 2), ask(bureau="foshan", assignment=2))
    assert again.caused[0].question == 2


@pytest.mark.parametrize(
    "stage", ["triage", "signing in triage", "replied", "declined", "closed", "withdrawn"]
)
def test_only_what_a_bureau_works_on_is_taken_back(stage: str) -> None:
    with pytest.raises(OutOfOrder):
        at(stage).when(recall())


def test_the_bureau_from_which_it_was_taken_can_do_nothing_more() -> None:
    with pytest.raises(NotHeld):
        at("handling").when(recall(), reply())
    story = at("handling").when(recall(), route("guangzhou"))
    with pytest.raises(StaleAssignment):
        story.when(accept())
    assert names(story.when(accept(assignment=2)).caused) == ["letter.accepted"]
    assert isinstance(at("routed").when(back()).caused[0], LetterReturned)
