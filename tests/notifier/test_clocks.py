"""Levels are proposed once and in order, as clocks start, pause, move and stop."""

from datetime import date, datetime, timedelta

import pytest

from services.notifier.domain.level_firing import FireClocks
from services.notifier.domain.progress import ProgressRecorded, RecordProgress
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.values import ClockChange
from shared.contracts.vocabulary import LevelName
from shared.kernel.errors import OutOfOrder
from tests.notifier.story import (
    DUE,
    EVENT,
    LETTER,
    RED_AT,
    days,
    fact,
    given,
    other,
    passing,
    started,
)
from tests.support.moving import moment


def heard(*clocks: ClockChange, sequence: int = 3) -> ProgressRecorded:
    return ProgressRecorded(fact(*clocks), sequence)


def fired(
    level: LevelName = "red",
    at: datetime = RED_AT,
    due_on: date = DUE,
    round_: int = 1,
    sequence: int = 3,
) -> ClockFired:
    return ClockFired(
        clock="reply",
        round=round_,
        level=level,
        due_on=due_on,
        passed_at=at,
        progress_sequence=sequence,
    )


THREE = started("reply", ("reminder", moment(24)), ("yellow", moment(25)), ("red", RED_AT))


def test_a_level_is_proposed_at_its_instant_and_not_before() -> None:
    story = given(heard(started()))
    with pytest.raises(OutOfOrder):
        story.when(FireClocks(RED_AT - timedelta(microseconds=1)))
    story.when(FireClocks(RED_AT)).then(fired())


def test_all_levels_that_are_due_are_proposed_in_order() -> None:
    given(heard(THREE)).when(FireClocks(RED_AT)).then(
        fired("reminder", moment(24)), fired("yellow", moment(25)), fired("red")
    ).leaves(lambda letter: letter.fires_at is None)


def test_levels_of_several_clocks_are_proposed_in_the_order_of_their_instants() -> None:
    early = started("sign_in", ("red", moment(24, 18)))
    story = given(heard(THREE, early)).when(FireClocks(moment(25)))
    assert [
        (event.clock, event.level) for event in story.caused if isinstance(event, ClockFired)
    ] == [
        ("reply", "reminder"),
        ("sign_in", "red"),
        ("reply", "yellow"),
    ]


def test_firing_twice_is_firing_once() -> None:
    story = given(heard(started())).when(FireClocks(RED_AT)).then(fired())
    with pytest.raises(OutOfOrder):
        story.when(FireClocks(RED_AT + days(1)))


def test_a_proposal_names_the_progress_that_it_rests_on() -> None:
    story = given(heard(started()), heard(sequence=9)).when(FireClocks(RED_AT))
    story.then(fired(sequence=9))


@pytest.mark.parametrize("change", ["stopped", "paused"])
def test_a_clock_that_does_not_run_proposes_nothing(change: str) -> None:
    story = given(heard(started()), heard(other(change)))
    with pytest.raises(OutOfOrder):
        story.when(FireClocks(RED_AT + days(9)))
    story.leaves(lambda letter: letter.fires_at is None and letter.passes_at is None)


def test_a_resumed_clock_runs_to_the_date_that_the_router_gives() -> None:
    later = DUE + days(3)
    resumed = started(due_on=later, change="resumed")
    story = given(heard(started()), heard(other("paused")), heard(resumed))
    story.when(FireClocks(passing(later))).then(fired(at=passing(later), due_on=later))


def test_a_clock_resumed_without_a_date_keeps_the_one_that_it_had() -> None:
    given(heard(started()), heard(other("paused")), heard(other("resumed"))).when(
        FireClocks(RED_AT)
    ).then(fired())


def test_a_clock_moved_away_and_back_does_not_propose_a_level_again() -> None:
    away, back = started(due_on=DUE + days(5), change="moved"), started(change="moved")
    story = given(heard(started())).when(FireClocks(RED_AT)).then(fired())
    story = given.state(story.state).when(
        RecordProgress(LETTER, fact(away), 4, EVENT, RED_AT),
        RecordProgress(LETTER, fact(back), 5, EVENT, RED_AT),
    )
    story.leaves(lambda letter: letter.fires_at is None)


def test_the_next_round_of_a_clock_proposes_its_levels() -> None:
    again = started(round_=2)
    given(heard(started()), fired(), heard(other("stopped")), heard(again)).when(
        FireClocks(RED_AT)
    ).then(fired(round_=2))


def test_changes_of_clocks_that_never_ran_change_nothing() -> None:
    given(heard(other("paused"), other("resumed", "assign"), other("stopped"))).leaves(
        lambda letter: letter.clocks == ()
    )


def test_each_commitment_has_a_clock_of_its_own() -> None:
    first = started("commitment", ("red", RED_AT))
    second = started("commitment", ("red", RED_AT + days(1)), due_on=DUE + days(1), round_=2)
    story = given(heard(first), heard(second), heard(other("stopped", "commitment")))
    story.leaves(lambda letter: [clock.round for clock in letter.clocks] == [2])
    caused = story.when(FireClocks(RED_AT + days(1))).caused
    assert [(event.clock, event.round) for event in caused if isinstance(event, ClockFired)] == [
        ("commitment", 2)
    ]


def test_a_paused_clock_that_is_moved_stays_paused_until_it_is_resumed() -> None:
    later = DUE + days(3)
    moved = started(due_on=later, change="moved")
    story = given(heard(started()), heard(other("paused")), heard(moved))
    story.leaves(lambda letter: letter.fires_at is None and letter.clocks[0].due_on == later)
    resumed = story.when(RecordProgress(LETTER, fact(other("resumed")), 5, EVENT, RED_AT))
    assert resumed.state.fires_at == passing(later)


def test_a_moved_clock_without_a_date_changes_nothing() -> None:
    given(heard(started()), heard(other("paused")), heard(other("moved"))).leaves(
        lambda letter: letter.clocks[0].is_paused and letter.clocks[0].due_on == DUE
    )
