"""The router, opened for one test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.router.office import Office, office


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    """Its face, shell and documents."""
    async with office(tmp_path) as opened_office:
        yield opened_office
