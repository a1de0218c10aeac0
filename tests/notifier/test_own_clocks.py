"""Which of the staff is told of what, and when: by day, and of emergencies at once and again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as instants
from hypothesis import settings
from hypothesis import strategies as st

from services.notifier.domain.deliveries import Delivery, Desk
from services.notifier.domain.delivery_queue import MOST_ENDED, DeliveryQueued, NoteDelivered
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.level_firing import FireClocks, OwnLevelReached
from services.notifier.domain.messages import text_of
from services.notifier.domain.own_clocks import RecordOtherEvent
from services.notifier.domain.progress import RecordProgress
from services.notifier.domain.quiet_hours import MORNING, QuietHours
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.diverted_v1 import DiversionResolved, DutySeen, LetterDiverted
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import LetterEscalated, LetterPassedOn, LetterRouted
from shared.contracts.published_v1 import PublicationProblemDecided, PublicationProblemReported
from shared.contracts.values import By
from shared.contracts.vocabulary import LevelName
from shared.kernel.working_days import GUANGDONG
from tests.notifier.stage import moment
from tests.notifier.story import DUE, LETTER, POLICY, given, other, passing, said, started

DIVERSION = "DV-0001"
MIDNIGHT = passing(DUE)
"""24:00 of Wednesday, 25 November, in Guangdong."""


def escalated(level: LevelName = "red", **over: Any) -> LetterEscalated:
    fields: dict[str, Any] = {"clock": "reply", "round": 1, "level": level, "due_on": DUE}
    return said(LetterEscalated, **({"by": By(role="clock")} | fields | over))


def hearing(*facts: Fact, at: datetime = MIDNIGHT) -> NotifierLetter:
    commands = [
        RecordProgress(LETTER, fact, number, f"letters.progress/{LETTER}/{number}", at)
        for number, fact in enumerate(facts, 1)
    ]
    return given().when(*commands).state


def told(*facts: Fact, at: datetime = MIDNIGHT) -> list[tuple[str, str, str | None, datetime]]:
    """Desk, bureau, unit and when, of all levels that staff are to be told."""
    return [
        (one.to.name, one.to.bureau, one.to.unit, one.try_at)
        for one in levels(hearing(*facts, at=at))
        if one.to is not None
    ]


def levels(letter: NotifierLetter) -> list[Delivery]:
    return [one for one in letter.deliveries if one.message == "level"]


RUNNING = said(LetterPassedOn, unit="traffic", police_type="traffic", clocks=(started(),))
MORNING_AFTER = moment(26, 1)


@pytest.mark.parametrize(
    ("level", "desks"),
    [
        ("reminder", [("unit", "guangzhou", "traffic")]),
        ("yellow", [("unit", "guangzhou", "traffic"), ("office", "guangzhou", None)]),
        ("red", [("unit", "guangzhou", "traffic"), ("office", "guangzhou", None)]),
        ("chief", [("chief", "guangzhou", None)]),
        ("province", [("province_supervision", "guangzhou", None)]),
    ],
)
def test_each_level_is_told_to_its_desks_in_the_morning(
    level: LevelName, desks: list[tuple[str, str, str | None]]
) -> None:
    assert told(RUNNING, escalated(level)) == [(*desk, MORNING_AFTER) for desk in desks]


@pytest.mark.parametrize(
    ("level", "day"), [("reminder", 30), ("yellow", 30), ("red", 28), ("chief", 28)]
)
def test_warnings_wait_for_a_working_day_and_what_has_passed_for_the_next_one(
    level: LevelName, day: int
) -> None:
    friday = passing(date(2026, 11, 27))
    due_on = date(2026, 12, 8)
    running = RUNNING.model_copy(update={"clocks": (started(due_on=due_on),)})
    times = {one[3] for one in told(running, escalated(level, due_on=due_on), at=friday)}
    assert times == {moment(day, 1)}


def test_a_letter_in_triage_is_the_provinces() -> None:
    late = escalated(clock="assign", state="triage", holder="triage", assignment=0)
    assert [one[:3] for one in told(late)] == [
        ("unit", "province", None),
        ("office", "province", None),
    ]


def test_another_holders_unit_is_not_told() -> None:
    routed = said(
        LetterRouted,
        state="routed",
        holder="foshan",
        assignment=2,
        bureau="foshan",
        category="request",
        masked=False,
        why="desk",
        clocks=(started("sign_in"),),
    )
    late = escalated(clock="sign_in", holder="foshan", assignment=2)
    assert told(RUNNING, routed, late)[0][:3] == ("unit", "foshan", None)


def test_a_level_that_the_policies_do_not_know_is_told_to_nobody() -> None:
    assert told(RUNNING, escalated("page")) == []


@pytest.mark.parametrize(
    ("level", "standing"), [("reminder", "dropped"), ("yellow", "dropped"), ("red", "waiting")]
)
@pytest.mark.parametrize("change", ["stopped", "paused"])
def test_nobody_is_warned_of_what_is_done_by_the_morning(
    level: LevelName, standing: str, change: str
) -> None:
    done = RUNNING.model_copy(update={"clocks": (other(change),)})
    letter = hearing(RUNNING, escalated(level), done)
    assert {one.standing for one in levels(letter)} == {standing}


def test_what_staff_are_told_names_letter_clock_and_day() -> None:
    (first, *_) = levels(hearing(RUNNING, escalated("red")))
    assert text_of(first, "zh", letter=LETTER, where="https://desk.example") == (
        f"【厅长信箱】信件 {LETTER} 的答复：已超期（期限 2026-11-25）。"
        "请登录 https://desk.example 办理。"
    )


# --- hours -------------------------------------------------------------------------------------


@settings(max_examples=300)
@instants(st.integers(0, 5 * 365 * 24 * 60))
def test_people_are_told_by_day_and_within_half_a_day(minutes: int) -> None:
    at = datetime(2021, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    by_day = QuietHours().after
    then = by_day(at)
    assert MORNING <= then.astimezone(GUANGDONG).time() < QuietHours().begin
    assert at <= then <= at + timedelta(hours=12)
    assert by_day(then) == then
    level = POLICY.level("reply", "yellow", version="")
    assert level is not None
    morning = POLICY.told_at(level, at).astimezone(GUANGDONG)
    assert morning.time() == MORNING
    assert POLICY.calendar.is_working(morning.date())
    assert morning >= at


# --- diversions --------------------------------------------------------------------------------

SEE_BY = moment(24, 1)
DIVERTED = LetterDiverted(
    diverted_at=SEE_BY - timedelta(minutes=5),
    threshold="stop",
    reasons=("words.threat_to_life",),
    see_by=SEE_BY,
)
SEEN = DutySeen(by=By(role="duty", staff="s-1"), seen_at=SEE_BY)


def of_diversion(event: Event, number: int = 1) -> RecordOtherEvent:
    at = SEE_BY - timedelta(minutes=5)
    return RecordOtherEvent(DIVERSION, event, f"letters.diverted/{DIVERSION}/{number}", at)


def calls(letter: NotifierLetter) -> list[tuple[str, str]]:
    return [(one.id.rpartition("/")[2], one.to.name) for one in letter.deliveries if one.to]


def test_an_emergency_is_called_about_at_once_at_any_hour() -> None:
    (call,) = given().when(of_diversion(DIVERTED)).state.deliveries
    assert (call.to, call.message) == (Desk("duty"), "page")
    assert call.try_at == DIVERTED.diverted_at
    assert call.id == f"{DIVERSION}/letters.diverted/{DIVERSION}/1/page-1"


def test_the_next_is_called_every_five_minutes_until_somebody_has_seen_it() -> None:
    letter = given().when(of_diversion(DIVERTED)).state
    for minute in range(0, 21, 5):
        now = SEE_BY + timedelta(minutes=minute)
        story = given.state(letter).when(FireClocks(now))
        assert [type(one) for one in story.caused] == [OwnLevelReached, DeliveryQueued]
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
    assert {one.standing for one in seen.deliveries} == {"dropped"}


def test_calls_that_were_missed_are_not_made_up_for() -> None:
    late = SEE_BY + timedelta(minutes=33)
    letter = given().when(of_diversion(DIVERTED), FireClocks(late)).state
    assert [desk for _, desk in calls(letter)] == ["duty", "duty_chief"]
    assert letter.fires_at == SEE_BY + timedelta(minutes=35)


def test_only_a_person_who_has_seen_it_stops_the_calls() -> None:
    resolved = DiversionResolved(by=By(role="duty"), outcome="false_alarm")
    story = given().when(of_diversion(DIVERTED), of_diversion(resolved, 2))
    assert story.state.fires_at == SEE_BY


def test_a_diversion_nobody_sees_for_a_day_stays_small() -> None:
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
    messages = [(one.message, one.to and one.to.name, one.try_at) for one in story.state.deliveries]
    assert messages == [
        ("problem", "editors", moment(25, 1)),
        ("level", "editors", MORNING_AFTER),
        ("level", "editors", moment(27, 1)),
    ]
    assert len({one.id for one in story.state.deliveries}) == 3
    assert not [one for one in story.caused if isinstance(one, ClockFired)]
    assert story.state.fires_at is None


def test_a_problem_that_is_decided_is_not_told_of_any_more() -> None:
    story = given().when(of_problem(REPORTED), of_problem(DECIDED, 2))
    assert story.state.clocks == ()
    assert [one.standing for one in story.state.deliveries] == ["dropped"]


def test_two_problems_run_beside_each_other() -> None:
    second = STARTED.model_copy(update={"round": 2})
    another = REPORTED.model_copy(update={"problem": "P-1:2", "clocks": (second,)})
    story = given().when(of_problem(REPORTED), of_problem(another, 2), of_problem(DECIDED, 3))
    assert [(one.round, one.event[-1]) for one in story.state.clocks] == [(2, "2")]


def test_levels_of_both_kinds_are_reached_together() -> None:
    running = RecordProgress(LETTER, RUNNING, 1, "e", moment(24))
    story = given().when(running, of_problem(REPORTED, at=moment(24)), FireClocks(MIDNIGHT))
    assert {type(one) for one in story.caused} == {ClockFired, OwnLevelReached, DeliveryQueued}
    delivery: Delivery = story.state.deliveries[-1]
    assert delivery.details.clock == "publication_problem"
