"""An operator creates indexes before a service starts, and learns which are missing."""

import asyncio

import pytest

from shared.platform.app.shell import LETTERS
from tests.shared.platform.app.test_cli import Command, command, environment, house
from tests.support.household import House

__all__ = ["command", "environment", "house"]


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
