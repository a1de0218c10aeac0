"""In journeys, simulated bureaus accept and answer letters, and do nothing else."""

import pytest


@pytest.fixture(autouse=True)
def plain_bureaus(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bureaus' behaviour in any stack that is started here."""
    monkeypatch.setenv("MAILBOX_BUREAUS_MIX", "plain")
