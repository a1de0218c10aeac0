"""The router for one test, and process-wide settings that are restored."""

import logging
import signal
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
    """The command silences the Kafka client's log; restore it for the next test."""
    library = logging.getLogger("aiokafka")
    before = library.level
    yield
    library.setLevel(before)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Programs that are started heed Ctrl-C, though tests that run in the background may not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
