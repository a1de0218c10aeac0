"""Journeys tell one story each: simulated bureaus take letters up and answer them, and no more."""

import pytest


@pytest.fixture(autouse=True)
def plain_bureaus(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the bureaus of any stack that is started here do."""
    monkeypatch.setenv("MAILBOX_BUREAUS_MIX", "plain")
