"""Desks are notified of levels in the morning, by the policies of the letter or diversion."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from services.notifier.domain.decide import decide
from services.notifier.domain.deliveries import Delivery
from services.notifier.domain.delivery_queue import DeliveryQueued
from services.notifier.domain.evolve import evolve
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.level_firing import FireClocks
from services.notifier.domain.messages import text_of
from services.notifier.domain.progress import RecordProgress
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import LetterReclassified, LetterRouted
from shared.contracts.slugs import Holder
from shared.contracts.values import About
from shared.contracts.vocabulary import LevelName
from tests.notifier.story import (
    DIVERTED,
    LETTER,
    MIDNIGHT,
    MORNING_AFTER,
    POLICY,
    RUNNING,
    SEE_BY,
    escalated,
    hearing,
    other,
    passing,
    received,
    said,
    started,
)
from tests.notifier.test_own_clocks import calls, of_diversion
from tests.support.moving import moment
from tests.support.versions import both


def told(*facts: Fact, at: datetime = MIDNIGHT) -> list[tuple[str, str, str | None, datetime]]:
    """Desk, bureau, unit and instant of all messages about levels."""
    return [
        (message.to.name, message.to.bureau, message.to.unit, message.try_at)
        for message in levels(hearing(*facts, at=at))
        if message.to is not None
    ]


def levels(letter: NotifierLetter) -> list[Delivery]:
    return [message for message in letter.deliveries if message.message == "level"]


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
def test_each_level_is_announced_to_its_desks_in_the_morning(
    level: LevelName, desks: list[tuple[str, str, str | None]]
) -> None:
    assert told(RUNNING, escalated(level)) == [(*desk, MORNING_AFTER) for desk in desks]


@pytest.mark.parametrize(
    ("level", "day"), [("reminder", 30), ("yellow", 30), ("red", 28), ("chief", 28)]
)
def test_warnings_wait_for_a_working_day_and_passed_levels_for_the_next_morning(
    level: LevelName, day: int
) -> None:
    friday = passing(date(2026, 11, 27))
    due_on = date(2026, 12, 8)
    running = RUNNING.model_copy(update={"clocks": (started(due_on=due_on),)})
    times = {message[3] for message in told(running, escalated(level, due_on=due_on), at=friday)}
    assert times == {moment(day, 1)}


def test_a_letter_in_triage_is_the_provinces() -> None:
    late = escalated(clock="assign", state="triage", holder="triage", assignment=0)
    assert [message[:3] for message in told(late)] == [
        ("unit", "province", None),
        ("office", "province", None),
    ]


def test_a_former_holders_unit_is_not_notified() -> None:
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


def test_a_level_without_policy_is_not_announced() -> None:
    assert told(RUNNING, escalated("page")) == []


@pytest.mark.parametrize(
    ("level", "standing"), [("reminder", "dropped"), ("yellow", "dropped"), ("red", "waiting")]
)
@pytest.mark.parametrize("change", ["stopped", "paused"])
def test_warnings_about_work_done_by_the_morning_are_dropped(
    level: LevelName, standing: str, change: str
) -> None:
    done = RUNNING.model_copy(update={"clocks": (other(change),)})
    letter = hearing(RUNNING, escalated(level), done, at=MIDNIGHT)
    assert {message.standing for message in levels(letter)} == {standing}


def test_a_message_about_a_level_names_letter_clock_and_day() -> None:
    (first, *_) = levels(hearing(RUNNING, escalated("red"), at=MIDNIGHT))
    assert text_of(first, "zh", letter=LETTER, where="https://desk.example") == (
        f"【厅长信箱】信件 {LETTER} 的答复：已超期（期限 2026-11-25）。"
        "请登录 https://desk.example 办理。"
    )


# --- versions of the policies ----------------------------------------------------------------

DAY = "2026-11-25"
"""The other version is in force from this day; ours from the day before."""


@pytest.mark.parametrize(
    ("version", "desks"),
    [("", ["unit", "office"]), ("2026-11-24", ["unit", "office"]), (DAY, ["chief"])],
)
def test_desks_are_those_of_the_policies_under_which_the_letter_came(
    version: str, desks: list[str]
) -> None:
    letter = replace(hearing(RUNNING, at=MIDNIGHT), policy_version=version)
    heard = RecordProgress(LETTER, escalated("red"), 2, f"letters.progress/{LETTER}/2", MIDNIGHT)
    events = decide(heard, letter, policy=replace(POLICY, versions=both(DAY)))
    told_to = [event.delivery.to for event in events if isinstance(event, DeliveryQueued)]
    assert [desk.name for desk in told_to if desk] == desks


def test_the_version_of_the_policies_is_stored() -> None:
    assert hearing(received(), RUNNING, at=MIDNIGHT).policy_version == "1"


@pytest.mark.parametrize(("days", "desk", "minutes"), [(0, "duty", 5), (1, "duty_chief", 10)])
def test_calls_follow_the_policies_of_the_day_of_the_diversion(
    days: int, desk: str, minutes: int
) -> None:
    policy = replace(POLICY, versions=both(DAY))
    see_by = SEE_BY + timedelta(days=days)
    heard = of_diversion(DIVERTED.model_copy(update={"see_by": see_by}))
    letter = NotifierLetter()
    for command in (replace(heard, at=see_by - timedelta(minutes=5)), FireClocks(see_by)):
        for event in decide(command, letter, policy=policy):
            letter = evolve(letter, event)
    assert calls(letter)[0][1] == desk
    assert letter.fires_at == see_by + timedelta(minutes=minutes)


# --- complaints ------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["reminder", "red", "chief", "province"])
def test_nobody_is_notified_of_a_late_complaint_about_them(level: LevelName) -> None:
    """The province gets complaints about the holder, and its inspection those about a unit."""
    whole = About(kind="bureau", bureau="guangzhou")
    assert {message[1] for message in told(reclassified(whole), RUNNING, escalated(level))} == {
        "province"
    }
    within = About(kind="unit", bureau="guangzhou", police_type="traffic")
    desks = {message[:3] for message in told(RUNNING, reclassified(within), escalated(level))}
    assert desks <= {
        ("unit", "guangzhou", "inspection"),
        ("chief", "guangzhou", None),
        ("province_supervision", "guangzhou", None),
    }
    assert desks


def reclassified(about: About) -> LetterReclassified:
    return said(
        LetterReclassified,
        category="complaint",
        about=about,
        excluded=("guangzhou",) if about.kind == "bureau" else (),
        masked=True,
    )


@pytest.mark.parametrize("level", ["reminder", "red", "chief", "province"])
@pytest.mark.parametrize("holder", ["triage", "province"])
def test_only_the_named_are_notified_of_a_complaint_about_the_department(
    level: LevelName, holder: Holder
) -> None:
    department = About(kind="bureau", level="province")
    late = escalated(level, holder=holder)
    (desk,) = {message[:3] for message in told(reclassified(department), RUNNING, late)}
    assert desk == ("named", "province", None)
    assert len(told(reclassified(department), RUNNING, late)) == 1
