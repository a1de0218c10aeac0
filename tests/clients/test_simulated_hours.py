"""Simulated bureaus in office hours: who is late, who must be chased; nobody works at night."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clients.bureau.settings import load
from clients.bureau.simulate.answers import USUAL_DAYS
from clients.bureau.simulate.figures import SimulationMetrics, diary
from clients.bureau.simulate.held import BureauLetter
from clients.bureau.simulate.hours import BadHours, OfficeTimeFile
from clients.bureau.simulate.marks import marks_of
from clients.bureau.simulate.mix import Mix
from clients.bureau.simulate.office import Office
from clients.bureau.simulate.pace import Pace
from clients.bureau.simulate.play import SimulatedBureaus
from clients.bureau.simulate.settings import SimulateSettings
from clients.bureau.simulate.steps import steps
from clients.bureau.simulate.tempo import DAY_H, HOUR_S, Tempo
from clients.bureau.simulate.texts import text_for
from shared.contracts.progress_v1 import LetterEscalated
from shared.contracts.words import MAX_REPLY
from tests.clients.making import GZ, RULE, accepted, assigned, keys_for, said

KEYS = keys_for("router", f"bureau:{GZ}")
MONDAY = datetime(2026, 4, 20, 1, tzinfo=UTC)
"""09:00 in Guangdong."""
MACHINE = "2026-11-25T12:00:00.000Z"
HELD = BureauLetter(GZ, "GD-1", 1, "handling", 3, MONDAY, "complaint")


class Clock:
    """A file of steps, to which more are added."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.step(MONDAY, 0)

    def step(self, at: datetime, hours: float) -> None:
        """Set the time, and the hours worked so far."""
        with self.path.open("a") as file:
            file.write(f"{MACHINE} {at.isoformat()} {int(hours * HOUR_S)}\n")


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


def play(clock: Clock, tempo: Tempo) -> SimulatedBureaus:
    office = Office(OfficeTimeFile(clock.path), tempo)
    return SimulatedBureaus(
        {GZ: KEYS[f"bureau:{GZ}"]}, Pace(0.3, 1.0), figures=SimulationMetrics(), office=office
    )


def todo(found: SimulatedBureaus, now: float = 0.0) -> list[str]:
    return [task.step for _, task in found.tasks(now)]


def test_hours_are_those_of_the_last_step(clock: Clock) -> None:
    hours = OfficeTimeFile(clock.path)
    clock.step(MONDAY + timedelta(hours=2), 2)
    assert hours.worked() == 2 * HOUR_S
    assert hours.worked_by(MONDAY + timedelta(hours=1)) == 0
    assert hours.worked_by(MONDAY - timedelta(days=1)) == 0


def test_people_are_at_work_by_day_while_hours_are_worked(clock: Clock) -> None:
    hours = OfficeTimeFile(clock.path)
    assert not hours.are_now(), "nothing was worked yet"
    clock.step(MONDAY + timedelta(hours=2), 2)
    assert hours.are_now()
    clock.step(MONDAY + timedelta(hours=4), 3)
    assert not hours.are_now(), "it is noon, whatever was worked before"
    clock.step(MONDAY + timedelta(hours=15), 6)
    assert not hours.are_now(), "it is night, whatever was worked before"


@pytest.mark.parametrize("content", ["", "half", "a b\n", "a b c\n", f"{MACHINE} now 3\n", "é\n"])
def test_a_file_that_tells_no_hours_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "clock"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadHours):
        OfficeTimeFile(path)
    with pytest.raises(BadHours):
        OfficeTimeFile(tmp_path / "none")


def test_a_letter_is_taken_up_in_office_hours_only(clock: Clock) -> None:
    found = play(clock, Tempo(slow=0, forgotten=0))
    found.take([said(KEYS["router"], assigned(), sequence=1)], now=0.0)
    clock.step(MONDAY + timedelta(days=1), 5)
    assert todo(found) == ["accept"]
    clock.step(MONDAY + timedelta(days=1, hours=13), 5)
    assert todo(found) == []


def test_what_comes_next_is_told_to_whoever_moves_the_clock(clock: Clock) -> None:
    found = play(clock, Tempo(slow=0, forgotten=0))
    assert "next_due" not in diary([found])
    found.take([said(KEYS["router"], assigned(), sequence=1)], now=0.0)
    assert found.next_due is not None
    assert 0 < found.next_due <= 4 * HOUR_S
    assert f"mailbox_bureaus_next_due {found.next_due}\n" in diary([found])


def test_a_restart_plans_the_same(clock: Clock) -> None:
    tempo, dues = Tempo(), []
    clock.step(datetime(2027, 1, 4, 2, tzinfo=UTC), 5)
    for _ in range(2):
        found = play(clock, tempo)
        found.take(
            [
                said(KEYS["router"], assigned(), sequence=1),
                said(KEYS["router"], accepted(), sequence=2),
            ],
            now=0.0,
        )
        dues.append(found.next_due)
        clock.step(datetime(2027, 1, 5, 2, tzinfo=UTC), 11)
    assert dues[0] == dues[1] is not None


def test_the_diligent_are_in_time_and_the_slow_are_not() -> None:
    usual = USUAL_DAYS[HELD.category] * DAY_H * HOUR_S
    for number in range(50):
        held = replace(HELD, letter=f"GD-{number}")
        assert Tempo(slow=0, forgotten=0).seconds(held, "reply") < usual
        assert Tempo(slow=1, forgotten=0).seconds(held, "reply") > usual


@pytest.mark.parametrize("mark", ["red", "chief", "province"])
def test_what_was_forgotten_is_done_when_somebody_chases_the_bureau(mark: str) -> None:
    tempo = Tempo(forgotten=1)
    letters = [replace(HELD, letter=f"GD-{number}") for number in range(60)]
    assert not any(tempo.was_chased(held, "reply") for held in letters)
    chased = [replace(held, marks=frozenset({mark})) for held in letters]  # type: ignore[arg-type]  # one of three
    woken = sum(tempo.was_chased(held, "reply") for held in chased)
    assert 0 < woken <= len(letters)
    assert (woken == len(letters)) == (mark == "province"), "at last the province wakes all"
    assert HOUR_S < tempo.chased(chased[0], "reply", now=HOUR_S) <= 5 * HOUR_S


def test_levels_that_were_reached_are_marks() -> None:
    escalated = LetterEscalated(
        state="handling", holder=GZ, assignment=1, by=RULE, clock="sign_in", round=1, level="chief",
        due_on=MONDAY.date(),
    )  # fmt: skip
    assert marks_of(escalated) == {"chief"}


def test_the_same_letter_has_the_same_luck_under_another_number() -> None:
    one, other = (replace(HELD, letter=name, words="d1g3st") for name in ("GD-1", "GD-2"))
    assert one.lot == other.lot
    assert Tempo().seconds(one, "reply") == Tempo().seconds(other, "reply")


def test_a_wrong_step_comes_before_the_right_one() -> None:
    held = replace(HELD, state="routed")
    assert list(steps(held, Mix(wrong=1.0), seed="1")) == ["reply", "accept"]


def test_the_wordiest_reply_can_be_sent() -> None:
    long = text_for("request", is_english=True, number=2, sent_back=1, is_wordy=True)
    assert 8_000 < len(long) <= MAX_REPLY
    assert len(text_for("request", is_english=False, number=2, is_wordy=True)) <= MAX_REPLY


def test_whose_hours_they_keep_is_a_setting(clock: Clock) -> None:
    base = {
        "MAILBOX_ENV": "dev",
        "MAILBOX_KAFKA_BOOTSTRAP": "127.0.0.1:9092",
        "MAILBOX_BUREAUS_SLOW": "0.5",
    }
    assert load(SimulateSettings, base).office is None
    office = load(SimulateSettings, base | {"MAILBOX_CLOCK_FILE": str(clock.path)}).office
    assert office is not None
    assert office.tempo == Tempo("1", 0.5)
