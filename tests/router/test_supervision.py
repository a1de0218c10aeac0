"""Supervision by the province: by hand, by an ignored clock, by another calendar."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.router.domain.escalation import RecountDues
from services.router.domain.evolve import evolve
from services.router.domain.external_events import EraseContent, RecordPublication, RecordScan
from services.router.domain.supervision import SuperviseLetter
from shared.contracts.bureau_v1 import PublicationNoted
from shared.kernel.errors import OutOfOrder
from tests.router.story import (
    ATTACHMENT,
    MONDAY,
    RULEBOOK,
    STAGES,
    SUPERVISOR,
    accept,
    at,
    caused,
    for_bureau,
    later,
    letter_of,
    names,
    reply,
    route,
    running,
)
from tests.router.test_bureau_view import copies
from tests.router.test_commitments import PROMISES, instruct
from tests.router.test_questions import answer
from tests.router.test_timers import changes, clock_at, fired

SUPERVISE = SuperviseLetter(SUPERVISOR, later(1))


def typhoon(*days: date) -> Any:
    """The rulebook once an office has closed on these days."""
    off = {**RULEBOOK.calendar.off, **dict.fromkeys(days, "typhoon")}
    return replace(RULEBOOK, calendar=replace(RULEBOOK.calendar, off=off, version="cn-o1"))


def recounted(story: Any, rulebook: Any) -> tuple[Any, Any]:
    """The effects of another calendar, and the letter after them."""
    events = caused(RecountDues(at=later(1)), story.state, rulebook)
    state = story.state
    for event in events:
        state = evolve(state, event)
    return events, state


# --- supervised --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stage", ["triage", "routed", "handling", "supplement", "signing", "replied"]
)
def test_a_supervisor_watches_a_letter(stage: str) -> None:
    story = at(stage).when(SUPERVISE)
    (fact,) = story.caused
    assert (fact.reason, fact.by) == ("desk", SUPERVISOR)
    assert letter_of(story.state).is_supervised
    story.when(SUPERVISE).then_nothing()


@pytest.mark.parametrize("stage", ["declined", "closed", "withdrawn"])
def test_not_what_has_ended(stage: str) -> None:
    with pytest.raises(OutOfOrder):
        at(stage).when(SUPERVISE)


@pytest.mark.parametrize("stage", ["triage", "routed", "handling", "signing"])
def test_a_clock_that_nobody_heeds_calls_the_province(stage: str) -> None:
    clock = next(one for one in letter_of(at(stage).state).clocks if one.to_come)
    story = at(stage).when(*(fired(clock, level=level) for level in ("red", "chief", "province")))
    escalated, supervised = story.caused
    assert (escalated.level, escalated.effect) == ("province", "letter.supervised")
    assert (supervised.reason, supervised.by.role) == ("escalation", "rule")
    again = at(stage).when(SUPERVISE, fired(clock, level="province"))
    assert names(again.caused) == ["letter.escalated"]
    assert again.caused[0].effect is None


# --- another calendar --------------------------------------------------------------------------


def test_another_calendar_moves_every_date_that_rests_on_it() -> None:
    events, state = recounted(at("handling"), typhoon(date(2026, 11, 25), date(2026, 11, 26)))
    (moved,) = events
    assert (moved.clock, moved.reason, moved.calendar_version) == ("reply", "calendar", "cn-o1")
    assert (moved.old_due, moved.new_due) == (date(2026, 12, 7), date(2026, 12, 9))
    assert changes(moved) == [("reply", "moved")]
    assert moved.receipt.calendar_version == "cn-o1"
    clock = letter_of(state).running("reply")
    assert clock is not None
    assert (clock.due_on, clock.receipt) == (moved.new_due, moved.receipt)
    assert (
        recounted(
            replace(at("handling"), state=state), typhoon(date(2026, 11, 25), date(2026, 11, 26))
        )[0]
        == ()
    )


def test_the_same_calendar_changes_nothing() -> None:
    for stage in STAGES:
        if stage != "nothing":
            assert recounted(at(stage), RULEBOOK)[0] == ()


def test_a_level_that_moves_alone_is_said_too() -> None:
    (moved,), _ = recounted(at("replied").when(), typhoon(date(2026, 12, 23)))
    assert (moved.clock, moved.new_due) == ("rating", date(2026, 12, 24))
    story = at("handling")
    off = {**RULEBOOK.calendar.off, date(2026, 11, 25): "typhoon"}
    make_up = {**RULEBOOK.calendar.make_up, date(2026, 11, 28): "typhoon"}
    swapped = replace(
        RULEBOOK, calendar=replace(RULEBOOK.calendar, off=off, make_up=make_up, version="cn-o2")
    )
    events, _ = recounted(story, swapped)
    assert events == (), "the swap lies before the first level"
    make_up = {**RULEBOOK.calendar.make_up, date(2026, 12, 5): "typhoon"}
    swapped = replace(
        RULEBOOK, calendar=replace(RULEBOOK.calendar, off=off, make_up=make_up, version="cn-o3")
    )
    (moved,), _ = recounted(story, swapped)
    assert moved.old_due == moved.new_due
    assert moved.clocks[0].levels != clock_at("handling", "reply").to_come


def test_dates_beside_the_clocks_move_with_them() -> None:
    story = at("supplement")
    (moved,), state = recounted(story, typhoon(date(2026, 11, 30)))
    assert (moved.clock, moved.new_due) == ("answer", date(2026, 12, 1))
    question = letter_of(state).question
    assert question is not None
    assert question.answer_by == date(2026, 12, 1)
    (moved,), state = recounted(at("replied"), typhoon(date(2026, 12, 23)))
    until = letter_of(state).reopen_until
    assert until is not None
    assert until.date() == date(2026, 12, 24)


def test_a_clock_that_waits_is_counted_when_it_goes_on() -> None:
    rulebook = typhoon(date(2026, 12, 3))
    events, _ = recounted(at("supplement"), rulebook)
    assert events == ()
    answered = caused(answer(), at("supplement").state, rulebook)
    assert answered[1].new_due == date(2026, 12, 9), "one day waited, one day off"


def test_promises_stay_and_their_warnings_move() -> None:
    story = at("handling").when(reply(commitments=PROMISES[:1]), instruct())
    events, _ = recounted(story, typhoon(date(2027, 1, 4)))
    assert [(one.clock, one.old_due == one.new_due) for one in events] == [("commitment", True)]


# --- what other services say -------------------------------------------------------------------


def test_the_bureau_is_told_that_its_reply_can_be_read_by_everyone() -> None:
    told = RecordPublication("p-1", "/publications/p-1", at=later(9))
    story = at("closed").when(told)
    (noted,) = story.caused
    assert isinstance(noted, PublicationNoted)
    assert (noted.publication, noted.path) == ("p-1", "/publications/p-1")
    assert for_bureau(noted, story.state) == (noted,)
    assert story.state == at("closed").state
    at("triage").when(told).then_nothing()
    at("withdrawn").when(told).then_nothing()


def test_a_file_that_may_do_harm_is_shown_to_nobody() -> None:
    for quarantined, state in ((False, "refused"), (True, "quarantined")):
        refused = RecordScan(ATTACHMENT.id, "refused", quarantined, at=MONDAY)
        story = at("triage").when(refused)
        assert letter_of(story.state).checked_files == ((ATTACHMENT.id, state),)
        story.when(refused).then_nothing()
        assigned = next(copy for copy in copies(story.when(route())) if hasattr(copy, "dues"))
        assert assigned.attachments == ()


def test_a_file_that_was_checked_stays_with_the_letter_and_a_later_result_counts() -> None:
    """Staff would open what a second check found harmful, or not find what is clean."""
    story = at("triage").when(RecordScan(ATTACHMENT.id, "clean", at=MONDAY))
    assigned = next(copy for copy in copies(story.when(route())) if hasattr(copy, "dues"))
    assert assigned.attachments == (ATTACHMENT,)
    again = story.when(RecordScan(ATTACHMENT.id, "refused", True, at=MONDAY))
    assert letter_of(again.state).checked_files == ((ATTACHMENT.id, "quarantined"),)


@pytest.mark.parametrize("stage", ["closed", "declined", "withdrawn"])
def test_what_is_erased_is_gone_and_the_facts_stay(stage: str) -> None:
    story = at(stage).when(EraseContent(("identity", "words", "attachments"), at=MONDAY))
    letter = letter_of(story.state)
    assert (letter.words, letter.attachments) == (None, ())
    assert all((one.question, one.reply, one.writer) == (None, None, None) for one in letter.said)
    assert (letter.state, letter.facts) == (stage, letter_of(at(stage).state).facts)
    assert running(story.state) == running(at(stage).state)
    only = at(stage).when(EraseContent(("identity",), at=MONDAY))
    only.then_nothing()


def test_nothing_is_erased_before_the_letter_has_ended() -> None:
    for stage in ("triage", "handling", "signing", "replied"):
        with pytest.raises(OutOfOrder):
            at(stage).when(EraseContent(("words",), at=MONDAY))


def test_instants_of_a_fact_are_those_as_of_which_it_counts() -> None:
    story = at("routed").when(accept(at=later(1)))
    assert story.caused[0].at == later(1)
    assert letter_of(story.state).accepted_at == later(1)
    assert later(1) - timedelta(days=1) == later()
