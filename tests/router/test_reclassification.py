"""Reclassifying a letter changes masks, dates, holders and legal clocks."""

from typing import Any

import pytest

from services.router.domain.reclassification import MarkDisclosure, MarkPetition, ReclassifyLetter
from services.router.domain.writer_requests import ReopenLetter
from shared.contracts.slugs import Bureau
from shared.contracts.values import About, By
from shared.contracts.words import Reason
from shared.kernel.errors import BadValue, NotAllowed, NotHeld, OutOfOrder
from tests.router.story import (
    STAGES,
    SUPERVISOR,
    TRIAGE,
    accept,
    ask,
    at,
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

WHY = Reason(text="来信人要求按信访事项办理。")


def reclassify(category: Any = "complaint", *, by: By = TRIAGE, **over: Any) -> ReclassifyLetter:
    """The desk reclassifies it."""
    fields: dict[str, Any] = {"at": later(1), "police_type": None, "about": None, "excluded": ()}
    base: dict[str, Any] = {"by": by, "category": category}
    return ReclassifyLetter(**(base | fields | over))


def petition(**over: Any) -> MarkPetition:
    fields: dict[str, Any] = {
        "by": TRIAGE,
        "at": later(1),
        "reason": "by_content",
        "words": WHY,
    }
    return MarkPetition(**(fields | over))


def disclosure(**over: Any) -> MarkDisclosure:
    fields: dict[str, Any] = {
        "by": SUPERVISOR,
        "at": later(1),
        "reason": "writer_says_so",
        "words": WHY,
    }
    return MarkDisclosure(**(fields | over))


def test_towards_a_complaint_the_writer_is_unknown_at_once_and_the_date_another() -> None:
    story = at("handling").when(reclassify())
    fact, moved = story.caused
    assert names(story.caused) == ["letter.reclassified", "due.changed"]
    assert (fact.category, fact.masked) == ("complaint", True)
    assert changes(fact) == [("reply", "moved")]
    assert (moved.reason, moved.clock) == ("reclassified", "reply")
    assert (moved.old_due.isoformat(), moved.new_due.isoformat()) == ("2026-12-07", "2026-12-14")
    assert moved.receipt.due_on == moved.new_due
    letter = letter_of(story.state)
    assert letter.masked
    clock = letter.running("reply")
    assert clock is not None
    assert (clock.due_on, clock.receipt) == (moved.new_due, moved.receipt)


def test_away_from_a_complaint_only_a_supervisor_makes_the_writer_known() -> None:
    story = given().when(receive(category="complaint"), accept())
    assert letter_of(story.when(reclassify("request")).state).masked
    assert not letter_of(story.when(reclassify("request", by=SUPERVISOR)).state).masked
    assert letter_of(story.when(reclassify("report", by=SUPERVISOR)).state).masked


def test_what_is_masked_stays_so_when_it_goes_to_another_bureau() -> None:
    story = given().when(receive(None, category="complaint"), reclassify("request"))
    story = story.when(route("foshan"))
    assert story.caused[0].masked
    assert story.caused[0].category == "request"


def test_the_same_again_changes_nothing() -> None:
    at("handling").when(reclassify("request", police_type="traffic")).then_nothing()
    at("handling").when(reclassify(), reclassify()).then_nothing()


def test_a_bureau_that_it_turns_out_to_be_about_loses_it_at_once() -> None:
    about = About(kind="bureau", bureau="guangzhou")
    story = at("handling").when(reclassify(about=about))
    assert names(story.caused) == ["letter.reclassified", "due.changed", "letter.recalled"]
    assert story.caused[0].excluded == ("guangzhou",)
    assert story.caused[-1].reason == "concerns_holder"
    letter = letter_of(story.state)
    assert (letter.state, letter.holder) == ("triage", "triage")
    told = _told(at("handling").state, story.caused)
    assert names(told) == ["assignment.ended"]
    with pytest.raises(NotAllowed):
        story.when(route("guangzhou"))
    assert names(story.when(route("province")).caused) == ["letter.routed"]


def test_a_unit_that_it_is_about_leaves_its_bureau_in_charge() -> None:
    about = About(kind="unit", bureau="guangzhou", police_type="traffic")
    story = at("handling").when(reclassify(about=about))
    assert names(story.caused) == ["letter.reclassified", "due.changed"]
    assert story.caused[0].excluded == ()
    assert names(_told(at("handling").state, story.caused)) == names(story.caused)


def test_an_answered_letter_about_its_holder_is_kept_from_it_even_if_it_is_reopened() -> None:
    about = About(kind="bureau", bureau="guangzhou")
    story = at("replied").when(reclassify(about=about))
    assert names(story.caused) == ["letter.reclassified"]
    assert _told(at("replied").state, story.caused) == []
    with pytest.raises(NotHeld):
        story.when(reply())
    story = story.when(ReopenLetter("r-9", later(3), None))
    assert names(story.caused) == ["letter.reopened", "letter.recalled"]
    letter = letter_of(story.state)
    assert (letter.state, letter.holder) == ("triage", "triage")
    assert running(story.state) == {"assign", "reopened_reply"}


def test_nobody_excludes_the_province_or_nobody_would_be_left_to_see_the_letter() -> None:
    with pytest.raises(BadValue, match="excluded"):
        at("triage").when(reclassify(excluded=("foshan", "province")))
    province = About(kind="bureau", level="province")
    assert at("triage").when(reclassify(about=province)).caused[0].excluded == ("province",)


@pytest.mark.parametrize("about", [About(kind="bureau", bureau="guangzhou"), None])
def test_what_nobody_speaks_of_stays_as_it_was(about: About | None) -> None:
    """A person who only changes the category lifts no exclusion, which they may not see."""
    said = reclassify(about=about, excluded=("foshan",), police_type="traffic")
    silent = reclassify("report", keeps=frozenset({"about", "excluded", "police_type"}))
    story = at("triage").when(said, silent)
    (fact,) = [one for one in story.caused if names([one]) == ["letter.reclassified"]]
    assert (fact.about, fact.police_type) == (about, "traffic")
    assert set(fact.excluded) == {"foshan"} | ({"guangzhou"} if about else set())
    with pytest.raises(NotAllowed):
        story.when(route("foshan"))


def test_who_is_cleared_is_not_kept_out_by_what_stays() -> None:
    guangzhou = About(kind="bureau", bureau="guangzhou")
    cleared = reclassify(keeps=frozenset({"excluded"}))
    story = at("triage").when(reclassify(about=guangzhou, excluded=("foshan",)), cleared)
    assert story.caused[0].excluded == ("foshan",)


def test_bureaus_are_excluded_by_name_too() -> None:
    story = at("triage").when(reclassify(excluded=("foshan",)))
    assert story.caused[0].excluded == ("foshan",)
    with pytest.raises(NotAllowed):
        story.when(route("foshan"))
    freed = story.when(reclassify(excluded=()))
    assert freed.caused[0].excluded == ()
    assert names(freed.when(route("foshan")).caused) == ["letter.routed"]


def test_a_paused_clock_is_counted_anew_when_it_goes_on() -> None:
    story = at("handling").when(ask(), reclassify())
    assert names(story.caused) == ["letter.reclassified"]
    assert changes(story.caused[0]) == []


@pytest.mark.parametrize("stage", ["declined", "closed", "withdrawn"])
def test_what_has_ended_is_what_it_was(stage: str) -> None:
    with pytest.raises(OutOfOrder):
        at(stage).when(reclassify())


# --- by law ------------------------------------------------------------------------------------


def clock(story: Any, name: Any) -> Any:
    found = letter_of(story.state).running(name)
    assert found is not None
    return found


def test_a_petition_has_its_own_clocks_beside_the_mailbox_s() -> None:
    story = at("routed").when(petition())
    assert changes(story.caused[0]) == [("petition_notice", "started")]
    assert clock(story, "petition_notice").due_on.isoformat() == "2026-12-08"
    assert clock(story, "petition_notice").start.isoformat() == "2026-11-23", "of receipt"
    before = clock(story, "reply")
    story = story.when(accept(at=later(2)))
    assert ("petition_notice", "stopped") in changes(story.caused[0])
    assert ("petition", "started") in changes(story.caused[0])
    assert clock(story, "petition").start.isoformat() == "2026-11-25"
    assert clock(story, "petition").due_on.isoformat() == "2027-01-25"
    assert clock(story, "reply") == before


def test_a_letter_marked_after_it_was_taken_up_is_counted_from_then() -> None:
    story = given().when(receive(), accept(at=later(2)), petition(at=later(5)))
    assert changes(story.caused[0]) == [("petition", "started")]
    assert clock(story, "petition").start.isoformat() == "2026-11-25"


def test_a_request_for_information_has_its_clock_from_receipt() -> None:
    story = at("handling").when(disclosure())
    assert changes(story.caused[0]) == [("disclosure", "started")]
    assert clock(story, "disclosure").start.isoformat() == "2026-11-23"


def test_legal_clocks_are_neither_paused_nor_lengthened_by_a_question() -> None:
    story = at("handling").when(petition(), disclosure())
    before = {one.clock: one for one in letter_of(story.state).clocks}
    paused = letter_of(story.when(ask()).state)
    assert {one.clock for one in paused.clocks if one.is_paused} == {"reply"}
    for name in ("petition", "disclosure"):
        assert clock(story.when(ask()), name) == before[name]


def test_an_answer_stops_them() -> None:
    story = at("handling").when(petition(), disclosure(), reply())
    assert running(story.state) == {"rating"}


@pytest.mark.parametrize("mark", [petition, disclosure])
def test_a_mark_has_its_reason_and_is_made_once(mark: Any) -> None:
    with pytest.raises(BadValue, match="words"):
        at("handling").when(mark(words=None))
    at("handling").when(mark(), mark()).then_nothing()


@pytest.mark.parametrize("stage", ["replied", "declined", "closed", "withdrawn"])
@pytest.mark.parametrize("mark", [petition, disclosure])
def test_only_what_is_not_answered_yet_is_marked(stage: str, mark: Any) -> None:
    with pytest.raises(OutOfOrder):
        at(stage).when(mark())


@pytest.mark.parametrize("bureau", ["guangzhou", "foshan"])
def test_a_mark_is_copied_to_whoever_holds_it(bureau: Bureau) -> None:
    story = given().when(receive(bureau), petition())
    (copy,) = for_bureau(story.caused[0], story.state)
    assert copy.words == WHY  # type: ignore[attr-defined]  # an event of ours
    assert len(STAGES) > 10


def _told(before: Any, events: Any) -> list[Any]:
    """The bureaus' events about these."""
    state: Any = before
    heard: list[Any] = []
    for event in events:
        state = given().decider.evolve(state, event)
        heard += for_bureau(event, state)
    return heard
