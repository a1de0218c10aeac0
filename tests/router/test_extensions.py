"""Extensions: requested with a reason, granted by another person."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.router.domain.extensions import DecideExtension, RequestMoreTime
from shared.contracts.values import By
from shared.contracts.words import Reason
from shared.kernel.errors import (
    BadValue,
    LimitReached,
    NotAllowed,
    NotHeld,
    OutOfOrder,
    TooLate,
)
from shared.kernel.policy_versions import PolicyVersions
from tests.router.story import (
    CHIEF,
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
    running,
)
from tests.router.test_questions import answer
from tests.router.test_reclassification import disclosure, petition
from tests.router.test_routing import recall
from tests.router.test_timers import changes, clock_at, fired
from tests.support.versions import other

WHY = Reason(text="需其他部门核对。")


def more(days: int = 5, clock: Any = "reply", **over: Any) -> RequestMoreTime:
    """The bureau asks for more time."""
    fields: dict[str, Any] = {
        "clock": clock,
        "days": days,
        "reason": "other_authority",
        "words": WHY,
    }
    return RequestMoreTime(**(acting() | fields | over))


def decide(granted: bool = True, *, by: By = CHIEF, **over: Any) -> DecideExtension:
    """Another person decides."""
    fields: dict[str, Any] = {"at": later(1), "days": None, "words": WHY}
    base: dict[str, Any] = {"by": by, "granted": granted}
    return DecideExtension(**(base | fields | over))


def test_nothing_changes_until_somebody_else_grants_it() -> None:
    story = at("handling").when(more())
    (asked,) = story.caused
    assert changes(asked) == [("extension", "started")]
    assert (asked.clock, asked.days, asked.reason) == ("reply", 5, "other_authority")
    assert letter_of(story.state).running("reply") == clock_at("handling", "reply")


@pytest.mark.parametrize("by", [CHIEF, SUPERVISOR])
def test_what_is_granted_moves_the_date_and_the_writer_is_told_why(by: By) -> None:
    story = at("handling").when(more(), decide(by=by))
    (decided,) = story.caused
    assert changes(decided) == [("extension", "stopped"), ("reply", "moved")]
    assert (decided.granted, decided.days, decided.words) == (True, 5, WHY)
    assert decided.new_due == date(2026, 12, 14)
    assert decided.receipt.due_on == decided.new_due
    clock = letter_of(story.state).running("reply")
    assert clock is not None
    assert (clock.due_on, clock.extended) == (date(2026, 12, 14), 5)
    assert clock.limit is not None
    assert clock.limit.amount == 15


def test_fewer_days_may_be_granted_than_were_asked_for() -> None:
    assert at("handling").when(more(), decide(days=2)).caused[0].new_due == date(2026, 12, 9)
    for days in (0, 6):
        with pytest.raises(BadValue, match="days"):
            at("handling").when(more(), decide(days=days))


def test_what_is_not_granted_leaves_the_date() -> None:
    story = at("handling").when(more(), decide(granted=False))
    (decided,) = story.caused
    assert (decided.granted, decided.days, decided.new_due) == (False, 0, None)
    assert changes(decided) == [("extension", "stopped")]
    assert letter_of(story.state).running("reply") == clock_at("handling", "reply")
    assert names(story.when(more()).caused) == ["extension.requested"]


def test_undecided_is_not_granted() -> None:
    story = at("handling").when(more())
    clock = letter_of(story.state).running("extension")
    assert clock is not None
    story = story.when(fired(clock))
    assert names(story.caused) == ["letter.escalated"]
    assert letter_of(story.state).running("reply") == clock_at("handling", "reply")


@pytest.mark.parametrize(
    "by",
    [
        By(role="bureau", bureau="guangzhou", staff="example-guangzhou-chief"),
        By(role="handler", bureau="guangzhou", staff="x"),
        By(role="triage", staff="x"),
        By(role="chief", bureau="foshan", staff="x"),
        By(role="chief", bureau="guangzhou", staff="g-17"),
        By(role="supervisor", staff="g-17"),
    ],
    ids=["topic", "handler", "triage", "another chief", "the asker", "the asker again"],
)
def test_only_another_person_entitled_to_it_decides(by: By) -> None:
    with pytest.raises(NotAllowed):
        at("handling").when(more(), decide(by=by))


def test_a_decision_has_its_reason_and_something_to_decide() -> None:
    with pytest.raises(BadValue, match="words"):
        at("handling").when(more(), decide(words=None))
    with pytest.raises(OutOfOrder):
        at("handling").when(decide())


def test_there_is_one_wish_at_a_time_and_only_so_many_days_in_all() -> None:
    with pytest.raises(OutOfOrder):
        at("handling").when(more(), more())
    with pytest.raises(LimitReached):
        at("handling").when(more(6))
    twice = at("handling").when(more(3), decide(), more(2), decide())
    clock = letter_of(twice.state).running("reply")
    assert clock is not None
    assert (clock.extended, clock.due_on) == (5, date(2026, 12, 14))
    with pytest.raises(LimitReached):
        twice.when(more(1))


@pytest.mark.parametrize("name", ["sign_in", "rating", "answer", "reopened_reply", "petition"])
def test_only_clocks_that_run_and_can_be_longer_are(name: str) -> None:
    with pytest.raises(NotAllowed):
        at("handling").when(more(1, name))


def test_thanks_are_answered_in_time() -> None:
    with pytest.raises(NotAllowed):
        given().when(receive(category="thanks"), accept(), more(1))


def test_it_is_asked_for_before_the_clock_has_passed() -> None:
    passed = clock_at("handling", "reply").passes_at
    with pytest.raises(TooLate):
        at("handling").when(more(at=passed))
    late = at("handling").when(more(at=later(1)), decide(at=passed))
    assert late.caused[0].granted, "asked in time counts as in time"


def test_legal_clocks_have_extensions_of_their_own() -> None:
    story = at("handling").when(petition(), disclosure(), more(30, "petition"), decide())
    assert story.caused[0].new_due == date(2027, 2, 22), "90 days, and the feast's days off"
    story = story.when(more(20, "disclosure"), decide())
    assert story.caused[0].clock == "disclosure"


def test_a_paused_clock_gets_its_days_when_it_goes_on() -> None:
    story = at("handling").when(more(), ask(at=later(1)), decide(at=later(2)))
    (decided,) = story.caused
    assert (decided.granted, decided.new_due, decided.receipt) == (True, None, None)
    story = story.when(answer(at=later(2)))
    assert story.caused[1].new_due == date(2026, 12, 15)


def test_a_paused_clock_keeps_its_days_when_its_policies_are_gone_meanwhile() -> None:
    story = at("handling").when(more(), ask(at=later(1)), decide(at=later(2)))
    others = replace(RULEBOOK, versions=PolicyVersions((other("2026-12-01"),)))
    assert caused(answer(at=later(2)), story.state, others)[1].new_due == date(2026, 12, 15)


@pytest.mark.parametrize("end", [reply(at=later(1)), recall()])
def test_a_wish_ends_with_what_it_was_for(end: Any) -> None:
    story = at("handling").when(more(), end)
    assert "extension" not in running(story.state)
    assert letter_of(story.state).wanted is None
    with pytest.raises(OutOfOrder):
        story.when(decide(by=SUPERVISOR))


@pytest.mark.parametrize("stage", [one for one in STAGES if one not in ("nothing", "handling")])
def test_only_whoever_handles_a_letter_asks_for_more(stage: str) -> None:
    with pytest.raises((OutOfOrder, NotHeld)):
        at(stage).when(more())


def test_levels_that_were_reached_come_again_only_in_the_future() -> None:
    story = at("handling")
    clock = letter_of(story.state).running("reply")
    assert clock is not None
    story = story.when(fired(clock, level="reminder"), fired(clock, level="yellow"))
    story = story.when(more(at=later(13)), decide(at=later(13)))
    levels = story.caused[0].clocks[1].levels
    assert [one.level for one in levels] == ["yellow", "red", "chief", "province"]
    (copy,) = for_bureau(story.caused[0], story.state)
    assert copy.words == WHY  # type: ignore[attr-defined]  # an event of ours
    assert replace(clock, done=()) == clock
