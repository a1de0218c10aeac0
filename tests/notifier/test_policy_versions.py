"""Who is told is said by the policies under which a letter came, or of a diversion's own day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.notifier.domain.decide import decide
from services.notifier.domain.delivery_queue import DeliveryQueued
from services.notifier.domain.evolve import evolve
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.level_firing import FireClocks
from services.notifier.domain.progress import RecordProgress
from tests.notifier.story import LETTER, POLICY, received
from tests.notifier.test_own_clocks import (
    DIVERTED,
    MIDNIGHT,
    RUNNING,
    SEE_BY,
    calls,
    escalated,
    hearing,
    of_diversion,
)
from tests.support.versions import both

DAY = "2026-11-25"
"""From which the other version is in force; ours is from the day before."""


@pytest.mark.parametrize(
    ("version", "desks"),
    [("", ["unit", "office"]), ("2026-11-24", ["unit", "office"]), (DAY, ["chief"])],
)
def test_desks_are_those_of_the_policies_under_which_the_letter_came(
    version: str, desks: list[str]
) -> None:
    letter = replace(hearing(RUNNING), policy_version=version)
    heard = RecordProgress(LETTER, escalated("red"), 2, f"letters.progress/{LETTER}/2", MIDNIGHT)
    events = decide(heard, letter, policy=replace(POLICY, versions=both(DAY)))
    told_to = [one.delivery.to for one in events if isinstance(one, DeliveryQueued)]
    assert [desk.name for desk in told_to if desk] == desks


def test_the_version_is_kept_once_it_was_heard() -> None:
    assert hearing(received(), RUNNING).policy_version == "1"


@pytest.mark.parametrize(("days", "desk", "minutes"), [(0, "duty", 5), (1, "duty_chief", 10)])
def test_who_is_called_and_how_often_is_as_of_the_day_of_the_diversion(
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
