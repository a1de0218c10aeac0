"""Fixtures of the consumer's tests."""

import pytest

from shared.platform.consumer import consumer
from tests.support.scene import Scene


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures are retried at once."""
    monkeypatch.setattr(consumer, "LONGEST_PAUSE_S", 0.002)


@pytest.fixture
def scene() -> Scene:
    return Scene()
