"""What the bureau's command sets for its whole process is set back after each test."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def quiet_library() -> Iterator[None]:
    """The command silences the Kafka client; the next test must hear it again."""
    library = logging.getLogger("aiokafka")
    before = library.level
    yield
    library.setLevel(before)
