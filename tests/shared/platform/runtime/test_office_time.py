"""Office time follows its file, never goes back, and is refused outside development."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.envelope import Envelope
from shared.contracts.submitted_v1 import WithdrawalRequested
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.letters import Letters
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import Arrival
from shared.platform.runtime.clock import utc_now
from shared.platform.runtime.office_time import (
    BadOfficeTime,
    OfficeTime,
    Step,
    dating,
    machine_time,
    unchanged,
)
from tests.support.builders import LETTER, Note, asked, rules, seals_of, told
from tests.support.doubles import START, Clock, Memory, MemoryBus

SEALS = seals_of()
MACHINE = datetime(2026, 11, 25, 12, tzinfo=UTC)
OFFICE = datetime(2026, 4, 20, 1, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def steps(count: int) -> list[Step]:
    return [Step(MACHINE + n * SECOND, OFFICE + n * HOUR, n * 3600) for n in range(count)]


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(lines), encoding="ascii")
    return path


def test_it_is_what_the_last_step_says_and_goes_on_with_the_next(tmp_path: Path) -> None:
    first, second = steps(2)
    time = OfficeTime(path := write(tmp_path / "clock", first.line()))
    assert time() == OFFICE
    with path.open("a") as file:
        file.write(second.line())
    assert time() == OFFICE + HOUR


def test_all_processes_agree_whenever_they_began_to_read(tmp_path: Path) -> None:
    first, second, third = (step.line() for step in steps(3))
    early = OfficeTime(path := write(tmp_path / "clock", first))
    write(path, first, second, third)
    assert early() == OfficeTime(path)()


def test_half_a_line_is_not_a_step_until_its_other_half_comes(tmp_path: Path) -> None:
    first, second = (step.line() for step in steps(2))
    time = OfficeTime(path := write(tmp_path / "clock", first, second[:20]))
    assert time() == OFFICE
    write(path, first, second)
    assert time() == OFFICE + HOUR


@given(st.integers(min_value=-5_000, max_value=8_000))
def test_what_the_broker_noted_is_dated_by_the_step_of_then(
    tmp_path_factory: pytest.TempPathFactory, offset_ms: int
) -> None:
    made = steps(4)
    path = tmp_path_factory.mktemp("dated") / "clock"
    time = OfficeTime(write(path, *(step.line() for step in made)))
    at = MACHINE + timedelta(milliseconds=offset_ms)
    before = [step.office for step in made if step.machine <= at]
    assert time.dated(at) == (before[-1] if before else OFFICE)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "2026-11-25T12:00:00Z",
        "soon later 3\n",
        "2026-11-25T12:00:00Z 2026-04-20T01:00:00Z\n",
        "2026-11-25T12:00:00Z 2026-04-20T01:00:00 0\n",
        "2026-11-25T12:00:00Z 2026-04-20T01:00:00Z -1\n",
        "2026-11-25T12:00:00Z 2026-04-20T01:00:00Z zero\n",
        "\n",
        "é\n",
        "".join(step.line() for step in reversed(steps(2))),
    ],
    ids=["empty", "half", "words", "two", "no zone", "negative", "no number", "bare", "é", "back"],
)
def test_a_file_that_tells_no_time_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "clock"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadOfficeTime):
        OfficeTime(path)


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadOfficeTime, match="No such file"):
        OfficeTime(tmp_path / "none")


def test_time_that_is_put_back_while_it_runs_is_refused(tmp_path: Path) -> None:
    first, second = steps(2)
    time = OfficeTime(path := write(tmp_path / "clock", second.line()))
    with path.open("a") as file:
        file.write(first.line())
    with pytest.raises(BadOfficeTime, match="goes back"):
        time()


def test_machines_wait_by_their_own_clock(tmp_path: Path) -> None:
    office = OfficeTime(write(tmp_path / "clock", steps(1)[0].line()))
    assert machine_time(office) is utc_now
    assert dating(office)(MACHINE + HOUR) == OFFICE


def test_where_there_is_one_clock_everything_goes_by_it() -> None:
    clock = Clock()
    assert machine_time(clock) is clock
    assert dating(clock) is unchanged
    assert unchanged(START) == START


async def test_letters_live_by_office_time_and_marks_of_work_by_the_machines(
    tmp_path: Path,
) -> None:
    office = OfficeTime(write(tmp_path / "clock", *(step.line() for step in steps(2))))
    letters, bus = Memory(), MemoryBus()
    history = EventLog(letters, moved=Memory(), asked=Memory())
    service = Letters(rules(), SEALS, history=history, sender=Sender(bus), now=office)
    before = utc_now()
    await service.decide_and_store([told("both-1")])
    kept = await letters.one({"_id": LETTER})
    assert kept is not None
    assert {one["at"] for one in kept["log"]} == {OFFICE + HOUR}
    assert kept["unsent_since"] >= before - SECOND


async def test_what_a_bureau_sent_counts_as_of_the_office_s_instant_of_then(
    tmp_path: Path,
) -> None:
    office = OfficeTime(write(tmp_path / "clock", *(step.line() for step in steps(3))))
    came: list[Arrival] = []

    def on_withdrawal(event: Envelope[WithdrawalRequested], arrival: Arrival) -> Note:
        came.append(arrival)
        return Note(event.data.request_id)

    heard = replace(rules(), handlers={WithdrawalRequested: on_withdrawal})
    history = EventLog(Memory(), moved=Memory(), asked=Memory())
    service = Letters(heard, SEALS, history=history, sender=Sender(MemoryBus()), now=office)
    raw = replace(asked(1), appended_at=MACHINE + SECOND)
    await service.process_batch([SEALS.read(raw)])
    assert [(one.at, one.appended_at) for one in came] == [(OFFICE + 2 * HOUR, OFFICE + HOUR)]
