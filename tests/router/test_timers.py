"""Which clocks run when, until which day, and the effects of their levels."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from services.router.domain.escalation import ConfirmClock
from services.router.domain.letter import RunningClock
from services.router.domain.questions import RecordAnswer
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.vocabulary import ClockName
from shared.contracts.words import WriterText
from shared.kernel.clocks import Run
from shared.kernel.policies import DayLimit
from shared.kernel.working_days import civil_date
from tests.router.story import (
    MONDAY,
    RULEBOOK,
    WITHDRAW,
    accept,
    ask,
    at,
    given,
    letter_of,
    names,
    rate,
    receive,
    reply,
    route,
    running,
)


def fired(running_clock: RunningClock, **over: Any) -> ConfirmClock:
    """The notifier proposes that clock's red level, or `over`, once it is reached."""
    instants = {one.level: one.at for one in running_clock.to_come}
    fields: dict[str, Any] = {
        "clock": running_clock.clock,
        "round": running_clock.round,
        "level": "red",
        "due_on": running_clock.due_on,
        "passed_at": instants.get(over.get("level", "red"), running_clock.passes_at),
        "progress_sequence": 1,
    }
    noticed = running_clock.passes_at + timedelta(seconds=1)
    return ConfirmClock(ClockFired.model_validate(fields | over), at=noticed)


def clock_at(stage: str, name: Any) -> RunningClock:
    found = letter_of(at(stage).state).running(name)
    assert found is not None
    return found


def answer_to_question(at: datetime) -> RecordAnswer:
    return RecordAnswer("r-9", at, 1, WriterText(text="村口那盏。"))


def changes(event: Any) -> list[tuple[str, str]]:
    return [(one.clock, one.change) for one in event.clocks]


@pytest.mark.parametrize(
    ("stage", "clocks"),
    [
        ("triage", {"assign", "reply"}),
        ("routed", {"sign_in", "objection", "reply"}),
        ("handling", {"reply"}),
        ("replied", {"rating"}),
        ("rated", {"rating"}),
        ("closed", set()),
        ("withdrawn", set()),
        ("withdrawn in triage", set()),
    ],
)
def test_these_clocks_run_in_each_state(stage: str, clocks: set[str]) -> None:
    assert running(at(stage).state) == clocks


def test_each_event_says_which_clocks_it_moves() -> None:
    received, _, routed = given().when(receive()).caused
    assert changes(received) == [("assign", "started"), ("reply", "started")]
    assert changes(routed) == [
        ("assign", "stopped"),
        ("sign_in", "started"),
        ("objection", "started"),
    ]
    (accepted,) = at("routed").when(accept()).caused
    assert changes(accepted) == [("sign_in", "stopped"), ("objection", "stopped")]
    submitted, replied = at("handling").when(reply()).caused
    assert changes(submitted) == []
    assert changes(replied) == [("reply", "stopped"), ("rating", "started")]
    rated, closed = at("replied").when(rate()).caused
    assert changes(rated) == []
    assert changes(closed) == [("rating", "stopped")]
    (withdrawn,) = at("routed").when(WITHDRAW).caused
    assert {change for _, change in changes(withdrawn)} == {"stopped"}


@pytest.mark.parametrize(
    ("category", "due_on"),
    [
        ("inquiry", date(2026, 11, 25)),
        ("request", date(2026, 12, 7)),
        ("suggestion", date(2026, 12, 7)),
        ("complaint", date(2026, 12, 14)),
        ("report", date(2026, 12, 14)),
        ("thanks", date(2026, 12, 2)),
    ],
)
def test_the_reply_is_due_by_category_counted_from_receipt(category: Any, due_on: date) -> None:
    received = given().when(receive(category=category)).caused[0]
    assert received.receipt.due_on == due_on
    assert received.receipt.days[0].kind == "zero"
    reply_clock = next(one for one in received.clocks if one.clock == "reply")
    assert reply_clock.due_on == due_on
    assert reply_clock.passes_at == datetime(due_on.year, due_on.month, due_on.day, 16, tzinfo=UTC)


def test_routing_by_hand_restarts_no_reply_clock() -> None:
    before = clock_at("triage", "reply")
    after = letter_of(at("triage").when(route()).state).running("reply")
    assert after == before


def test_the_day_of_receipt_is_a_day_in_guangdong() -> None:
    late = datetime(2026, 11, 23, 17, tzinfo=UTC)
    received = given().when(receive(category="inquiry", received_at=late)).caused[0]
    assert received.receipt.due_on == date(2026, 11, 26)


def test_levels_lie_where_the_policies_say_and_a_clock_that_is_not_fired_has_none() -> None:
    levels = {
        one.clock: tuple(level.level for level in one.to_come)
        for stage in ("triage", "routed", "replied")
        for one in letter_of(at(stage).state).clocks
    }
    one_day = ("red", "chief", "province")
    assert levels == {
        "assign": one_day,
        "sign_in": one_day,
        "objection": (),
        "reply": ("reminder", "yellow", *one_day),
        "rating": ("effect",),
    }
    found = {one.level: civil_date(one.at) for one in clock_at("handling", "reply").to_come}
    assert found == {
        "reminder": date(2026, 12, 1),
        "yellow": date(2026, 12, 4),
        "red": date(2026, 12, 8),
        "chief": date(2026, 12, 9),
        "province": date(2026, 12, 11),
    }, "00:00 of the day after the counted one"


def test_a_level_is_confirmed_once() -> None:
    told = fired(clock_at("handling", "reply"))
    story = at("handling").when(told)
    (escalated,) = story.caused
    assert names(story.caused) == ["letter.escalated"]
    assert (escalated.clock, escalated.level, escalated.round) == ("reply", "red", 1)
    assert escalated.due_on == told.fired.due_on
    assert running(story.state) == {"reply"}
    story.when(told).then_nothing()


@pytest.mark.parametrize(
    "over",
    [
        {"round": 2},
        {"due_on": date(2026, 12, 8)},
        {"level": "page"},
        {"level": "effect"},
        {"clock": "assign"},
        {"clock": "petition"},
    ],
    ids=["round", "due date", "level", "effect", "stopped clock", "other clock"],
)
def test_a_stale_proposal_is_dropped(over: dict[str, Any]) -> None:
    at("handling").when(fired(clock_at("handling", "reply"), **over)).then_nothing()


def test_a_level_that_was_reached_before_a_question_is_confirmed_while_it_waits() -> None:
    red = fired(clock_at("handling", "reply"))
    asked = at("handling").when(ask(at=red.fired.passed_at + timedelta(hours=9)))
    story = asked.when(red)
    (escalated,) = story.caused
    assert (escalated.clock, escalated.level, escalated.state) == ("reply", "red", "supplement")
    story.when(red).then_nothing()
    answered = story.when(answer_to_question(at=red.fired.passed_at + timedelta(hours=10)))
    resumed = next(one for one in answered.caused[0].clocks if one.clock == "reply")
    assert resumed.due_on == red.fired.due_on
    assert [one.level for one in resumed.levels] == ["reminder", "yellow", "chief", "province"]


def test_a_level_that_is_not_reached_when_the_writer_is_asked_is_not_confirmed() -> None:
    red = fired(clock_at("handling", "reply"))
    asked = at("handling").when(ask(at=red.fired.passed_at - timedelta(seconds=1)))
    asked.when(red).then_nothing()


def test_what_a_wait_has_put_off_is_not_confirmed_for_its_earlier_instant() -> None:
    clock = clock_at("handling", "reply")
    chief = fired(clock, level="chief")
    asked = at("handling").when(ask(at=clock.passes_at + timedelta(hours=9)))
    asked.when(chief).then_nothing()
    later = asked.when(answer_to_question(at=clock.passes_at + timedelta(days=2)))
    later.when(chief).then_nothing()
    resumed = letter_of(later.state).running("reply")
    assert resumed is not None
    assert resumed.due_on == clock.due_on
    assert names(later.when(fired(resumed, level="chief")).caused) == ["letter.escalated"]


def test_a_higher_progress_sequence_alone_is_no_reason_to_drop() -> None:
    told = fired(clock_at("handling", "reply"), progress_sequence=99)
    assert names(at("handling").when(told).caused) == ["letter.escalated"]


@pytest.mark.parametrize("stage", ["replied", "rated"])
def test_silence_closes_an_answered_letter(stage: str) -> None:
    told = fired(clock_at(stage, "rating"), level="effect")
    story = at(stage).when(told)
    (closed,) = story.caused
    assert (closed.why, closed.by.role, closed.state) == ("silence", "clock", "closed")
    assert running(story.state) == set()
    story.when(told).then_nothing()


def test_the_rating_clock_runs_thirty_days_from_the_reply() -> None:
    assert clock_at("replied", "rating").due_on == date(2026, 12, 23)
    assert MONDAY.date() == date(2026, 11, 23)


@pytest.mark.parametrize("stage", ["closed", "withdrawn", "withdrawn in triage"])
def test_an_ended_letter_drops_every_proposal(stage: str) -> None:
    for before, name in (("triage", "assign"), ("handling", "reply"), ("replied", "rating")):
        for level in ("red", "effect"):
            told = fired(clock_at(before, name), level=level)
            at(stage).when(told).then_nothing()


RUNS = st.builds(
    Run,
    st.dates(date(2026, 1, 1), date(2026, 11, 1)),
    st.tuples(st.builds(DayLimit, st.integers(1, 20), st.sampled_from(("wd", "d")))),
)
ASKED = st.tuples(st.sampled_from(("reply", "sign_in", "objection", "rating")), RUNS)


@whatever(st.lists(ASKED, max_size=12))
def test_a_date_computed_before_is_the_one_that_would_be_computed_anew(
    asked: list[tuple[ClockName, Run]],
) -> None:
    for clock, run in [*asked, *asked]:
        anew = replace(RULEBOOK)
        found = RULEBOOK.due(clock, run)
        assert found == anew.due(clock, run)
        assert RULEBOOK.receipt(found) == anew.receipt(found)


def test_another_calendar_has_dates_of_its_own() -> None:
    run = Run(date(2026, 9, 28), (DayLimit(10, "wd"),))
    without = replace(RULEBOOK.calendar, off={}, make_up={}, version="bare")
    bare = replace(RULEBOOK, calendar=without)
    assert bare.due("reply", run).due_on != RULEBOOK.due("reply", run).due_on
    assert bare.receipt(bare.due("reply", run)).calendar_version == "bare"
