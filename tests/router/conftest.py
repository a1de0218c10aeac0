"""The router, opened for one test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.router.office import Office, office
from tests.router.yard import Yard, open_yard


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
