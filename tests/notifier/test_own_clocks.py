"""Calls about diversions at any hour until one is seen; messages to editors in the morning."""

from datetime import datetime, timedelta

from services.notifier.domain.deliveries import Delivery, Desk
from services.notifier.domain.delivery_queue import MOST_ENDED, DeliveryQueued, NoteDelivered
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.level_firing import FireClocks, OwnLevelReached
from services.notifier.domain.own_clocks import RecordOtherEvent
from services.notifier.domain.progress import RecordProgress
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.diverted_v1 import DiversionResolved
from shared.contracts.event import Event
from shared.contracts.published_v1 import PublicationProblemDecided, PublicationProblemReported
from shared.contracts.values import By
from tests.notifier.story import (
    DIVERSION,
    DIVERTED,
    LETTER,
    MIDNIGHT,
    MORNING_AFTER,
    RUNNING,
    SEE_BY,
    SEEN,
    given,
    other,
    started,
)
from tests.support.moving import moment

# --- diversions --------------------------------------------------------------------------------


def of_diversion(event: Event, number: int = 1) -> RecordOtherEvent:
    at = SEE_BY - timedelta(minutes=5)
    return RecordOtherEvent(DIVERSION, event, f"letters.diverted/{DIVERSION}/{number}", at)


def calls(letter: NotifierLetter) -> list[tuple[str, str]]:
    return [
        (message.id.rpartition("/")[2], message.to.name)
        for message in letter.deliveries
        if message.to
    ]


def test_an_emergency_is_called_about_at_once_at_any_hour() -> None:
    (call,) = given().when(of_diversion(DIVERTED)).state.deliveries
    assert (call.to, call.message) == (Desk("duty"), "page")
    assert call.try_at == DIVERTED.diverted_at
    assert call.id == f"{DIVERSION}/letters.diverted/{DIVERSION}/1/page-1"


def test_calls_go_on_every_five_minutes_until_somebody_has_seen_it() -> None:
    letter = given().when(of_diversion(DIVERTED)).state
    for minute in range(0, 21, 5):
        now = SEE_BY + timedelta(minutes=minute)
        story = given.state(letter).when(FireClocks(now))
        assert [type(event) for event in story.caused] == [OwnLevelReached, DeliveryQueued]
        letter = story.state
        assert letter.fires_at == now + timedelta(minutes=5)
    assert [desk for _, desk in calls(letter)] == [
        "duty",
        "duty_chief",
        "province_command",
        "province_command",
        "province_command",
        "province_command",
    ]
    assert len({name for name, _ in calls(letter)}) == 6
    seen = given.state(letter).when(of_diversion(SEEN, 2)).state
    assert (seen.clocks, seen.fires_at) == ((), None)
    assert {message.standing for message in seen.deliveries} == {"dropped"}


def test_missed_calls_are_skipped() -> None:
    late = SEE_BY + timedelta(minutes=33)
    letter = given().when(of_diversion(DIVERTED), FireClocks(late)).state
    assert [desk for _, desk in calls(letter)] == ["duty", "duty_chief"]
    assert letter.fires_at == SEE_BY + timedelta(minutes=35)


def test_only_a_person_who_has_seen_it_stops_the_calls() -> None:
    resolved = DiversionResolved(by=By(role="duty"), outcome="false_alarm")
    story = given().when(of_diversion(DIVERTED), of_diversion(resolved, 2))
    assert story.state.fires_at == SEE_BY


def test_a_diversion_unseen_for_a_day_stays_small() -> None:
    letter = given().when(of_diversion(DIVERTED)).state
    for minute in range(0, 24 * 60, 5):
        now = SEE_BY + timedelta(minutes=minute)
        letter = given.state(letter).when(FireClocks(now)).state
        last = letter.deliveries[-1]
        letter = given.state(letter).when(NoteDelivered(last.id)).state
    assert len(letter.deliveries) <= MOST_ENDED + 2
    assert letter.deliveries[-1].details.page == 24 * 12 + 1
    assert len(letter.clocks[0].fired) == 1


# --- problems of publications ------------------------------------------------------------------

STARTED = started("publication_problem", ("red", MIDNIGHT), ("chief", MIDNIGHT + timedelta(days=1)))
REPORTED = PublicationProblemReported(
    publication="P-1", problem="P-1:1", kind="reveals", clocks=(STARTED,)
)
DECIDED = PublicationProblemDecided(
    problem="P-1:1", outcome="corrected", clocks=(other("stopped", "publication_problem"),)
)


def of_problem(event: Event, number: int = 1, at: datetime = MIDNIGHT) -> RecordOtherEvent:
    return RecordOtherEvent(LETTER, event, f"letters.published/{LETTER}/{number}", at)


def test_editors_are_told_of_a_problem_by_day_and_again_at_each_level() -> None:
    story = given().when(of_problem(REPORTED, at=moment(24, 15)), FireClocks(MIDNIGHT))
    story = story.when(FireClocks(MIDNIGHT + timedelta(days=1)))
    messages = [
        (message.message, message.to and message.to.name, message.try_at)
        for message in story.state.deliveries
    ]
    assert messages == [
        ("problem", "editors", moment(25, 1)),
        ("level", "editors", MORNING_AFTER),
        ("level", "editors", moment(27, 1)),
    ]
    assert len({message.id for message in story.state.deliveries}) == 3
    assert not [event for event in story.caused if isinstance(event, ClockFired)]
    assert story.state.fires_at is None


def test_messages_about_a_decided_problem_are_dropped() -> None:
    story = given().when(of_problem(REPORTED), of_problem(DECIDED, 2))
    assert story.state.clocks == ()
    assert [message.standing for message in story.state.deliveries] == ["dropped"]


def test_two_problems_run_beside_each_other() -> None:
    second = STARTED.model_copy(update={"round": 2})
    another = REPORTED.model_copy(update={"problem": "P-1:2", "clocks": (second,)})
    story = given().when(of_problem(REPORTED), of_problem(another, 2), of_problem(DECIDED, 3))
    assert [(clock.round, clock.event[-1]) for clock in story.state.clocks] == [(2, "2")]


def test_levels_of_both_kinds_are_reached_together() -> None:
    running = RecordProgress(LETTER, RUNNING, 1, "e", moment(24))
    story = given().when(running, of_problem(REPORTED, at=moment(24)), FireClocks(MIDNIGHT))
    assert {type(event) for event in story.caused} == {ClockFired, OwnLevelReached, DeliveryQueued}
    delivery: Delivery = story.state.deliveries[-1]
    assert delivery.details.clock == "publication_problem"
