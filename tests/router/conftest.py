"""The router, opened for one test."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.router.office import Office, office
from tests.router.yard import Yard, open_yard
from tests.support.doubles import Memory


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    """Its face, shell and documents."""
    async with office(tmp_path) as opened_office:
        yield opened_office


@pytest.fixture
async def yard() -> AsyncIterator[Yard]:
    """Bureaus write to it."""
    async with open_yard() as opened_yard:
        yield opened_yard


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that the database gets meanwhile."""
    given: list[str] = []
    find, write = Memory.find, Memory.write

    async def finding(self: Memory, *where: Any, **how: Any) -> Any:
        given.append("find")
        return await find(self, *where, **how)

    async def writing(self: Memory, *what: Any) -> Any:
        given.append("write")
        return await write(self, *what)

    monkeypatch.setattr(Memory, "find", finding)
    monkeypatch.setattr(Memory, "write", writing)
    return given
