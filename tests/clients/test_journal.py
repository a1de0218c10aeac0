"""Unanswered actions are written to the journal, and sent again after a crash."""

import stat
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.bureau import Applied, BadJournal, NoAnswer
from clients.bureau._store.journal import MOST_LINES, Journal
from clients.bureau._store.unanswered import UnansweredActions
from clients.bureau.outcomes import Outcome
from shared.contracts.envelope import KafkaRecord
from tests.clients.acting import ACTIONS, staged
from tests.clients.making import LETTER, assigned
from tests.support.budget import budget
from tests.support.waiting import until

TOPIC = "bureau.guangzhou.actions"


def action(number: int) -> tuple[UUID, KafkaRecord]:
    value = f'{{"words":{{"router":"{number}"}}}}'.encode()
    return UUID(int=number), KafkaRecord(
        b"GD-1", value, [("ce_id", b"%d" % number), ("x", b"\xc3\xa4")]
    )


def kept(path: Path) -> dict[UUID, KafkaRecord]:
    return Journal.at(path, topic=TOPIC).unanswered()


def test_what_is_not_answered_is_there_again_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "own.journal"
    journal = Journal.at(path, topic=TOPIC)
    for number in (1, 2, 3, 2):
        journal.ask(*action(number))
    journal.cross_out(UUID(int=2))
    journal.cross_out(UUID(int=9))
    assert list(journal.unanswered().items()) == [action(1), action(3)]
    assert list(kept(path).items()) == [action(1), action(3)], "it was on the disk before its end"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text().splitlines()) == 3, "what is crossed out is gone"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=budget(50))
@given(
    steps=st.lists(st.tuples(st.booleans(), st.integers(1, 5)), max_size=12),
    cut=st.integers(0, 60),
)
def test_a_crash_in_the_middle_of_a_line_costs_that_line_alone(
    steps: list[tuple[bool, int]], cut: int, tmp_path: Path
) -> None:
    path = tmp_path / "own.journal"
    path.unlink(missing_ok=True)
    journal = Journal.at(path, topic=TOPIC)
    for is_asked, number in steps:
        if is_asked:
            journal.ask(*action(number))
        else:
            journal.cross_out(UUID(int=number))
    expected = journal.unanswered()
    journal.ask(*action(77))
    whole = path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    path.write_bytes(whole[: len(whole) - len(last) + min(cut, len(last) - 1)])
    assert kept(path) == expected


def test_a_long_journal_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "own.journal"
    journal = Journal.at(path, topic=TOPIC)
    journal.ask(*action(1))
    journal.cross_out(UUID(int=1))
    journal._lines = MOST_LINES + 1
    journal.ask(*action(2))
    assert len(path.read_text().splitlines()) == 2
    journal.ask(*action(3))
    assert set(kept(path)) == {UUID(int=number) for number in (2, 3)}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("nonsense\n", 1),
        ('{"topic": "bureau.foshan.actions"}\n', 1),
        ('{"topic": "bureau.guangzhou.actions"}\n{"asked": 1}\n', 2),
        ('{"topic": "bureau.guangzhou.actions"}\n[]\n', 2),
        ('{"topic": "bureau.guangzhou.actions"}\n{"answered": "x"}\n', 2),
    ],
)
def test_a_file_that_is_no_journal_is_named_and_left_as_it_is(
    text: str, line: int, tmp_path: Path
) -> None:
    path = tmp_path / "own.journal"
    path.write_text(text)
    with pytest.raises(BadJournal, match=f"line {line}"):
        Journal.at(path, topic=TOPIC)
    assert path.read_text() == text


def test_who_asks_repeats_it_and_the_journal_only_what_is_left(tmp_path: Path) -> None:
    remembered = UnansweredActions(Journal.at(tmp_path / "own.journal", topic=TOPIC))
    applied = Applied(UUID(int=2), "handling", "x")
    answers: dict[UUID, Outcome] = {UUID(int=2): applied}
    with remembered.asking(*action(1)):
        assert remembered.due(answers.get) == []
    with remembered.asking(*action(2)):
        pass
    assert remembered.due(answers.get) == [action(1)[1]]
    answers.clear()
    assert remembered.due(answers.get) == [action(1)[1]], "what was answered is crossed out"
    assert UnansweredActions().due(answers.get) == []


@pytest.mark.real
async def test_an_action_outlives_the_program_that_asked_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clients.bureau.mailbox.SEND_AGAIN_S", 0.3)
    file = tmp_path / "own.journal"
    async with staged(tmp_path) as stage:
        await stage.router.say(assigned())
        stage.router.silent_for = 10_000
        async with stage.mailbox(patience_s=0.5).with_journal(file) as mailbox:
            with pytest.raises(NoAnswer):
                await mailbox.accept(LETTER, 1)
        assert "accept" in file.read_text()
        stage.router.silent_for = 0
        async with stage.mailbox().with_journal(file):
            await until(lambda: '"answered"' in file.read_text())
        assert stage.router.state[LETTER] == "handling"
        assert len({each.action_id for each in stage.router.actions}) == 1
        assert list(Journal.at(file, topic=ACTIONS).unanswered()) == []


@pytest.mark.real
async def test_an_action_that_cannot_be_written_down_is_not_sent(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await stage.router.say(assigned())
        file = tmp_path / "folder" / "own.journal"
        file.parent.mkdir()
        async with stage.mailbox().with_journal(file) as mailbox:
            file.unlink()
            file.parent.rmdir()
            with pytest.raises(OSError, match=r"own\.journal"):
                await mailbox.accept(LETTER, 1)
        assert stage.router.actions == []
