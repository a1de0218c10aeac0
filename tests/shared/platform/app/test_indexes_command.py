"""An operator creates indexes before a service starts, and learns which are missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.platform.app.cli import main
from shared.platform.app.shell import LETTERS
from shared.platform.runtime import logs
from tests.shared.platform.app.test_cli import Settings, environment
from tests.support.household import House

Command = Callable[..., int]

__all__ = ["environment"]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A service over an empty database, which outlives its commands."""
    monkeypatch.setattr(logs, "setup", lambda *_: None)
    made = House(tmp_path)
    monkeypatch.setattr(made.database, "close", lambda: made.closed.append("database"))
    return made


@pytest.fixture
def command(house: House) -> Command:
    """Runs one command as a new process would."""

    def run(*words: str) -> int:
        return main("router", Settings, build=lambda _: house.build(), arguments=words)

    return run


def test_all_indexes_are_made_once(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("indexes") == 0
    assert "all indexes exist" in capsys.readouterr().out
    made = {name: list(kept.indexes) for name, kept in house.database.collections.items()}
    service = house.build()
    assert {name: made[name] for name in service.every_index} == {
        name: list(indexes) for name, indexes in service.every_index.items()
    }
    assert command("indexes") == 0
    assert made == {name: kept.indexes for name, kept in house.database.collections.items()}


def test_the_check_names_what_is_missing_and_makes_nothing(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("indexes") == 0
    lost = house.documents.indexes.pop()
    assert command("indexes", "--check") == 1
    said = capsys.readouterr().err
    fields = ",".join(f"{name}:{direction}" for name, direction in lost.keys)
    assert said.splitlines() == [f"缺少索引 · missing index: {LETTERS} {fields}"]
    assert lost not in house.documents.indexes
    assert command("indexes") == 0
    assert lost in house.documents.indexes


def test_a_database_that_does_not_answer_is_a_failure(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(house.documents.index([]))
    house.documents.unread.append(True)
    assert command("indexes", "--check") == 1
    assert "the database fails: AutoReconnect" in capsys.readouterr().err
