"""Intake, opened for one test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.intake.front import Front, front


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    """Its face, shell and documents."""
    async with front(tmp_path) as opened_front:
        yield opened_front
