"""The router for one test; and what the bureau's command sets for its process is set back."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.router.office import Office, office


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    """Its face, shell and documents."""
    async with office(tmp_path) as opened_office:
        yield opened_office


@pytest.fixture(autouse=True)
def quiet_library() -> Iterator[None]:
    """The command silences the Kafka client; the next test must hear it again."""
    library = logging.getLogger("aiokafka")
    before = library.level
    yield
    library.setLevel(before)
