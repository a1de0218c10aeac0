"""`audit` and `trace` say when no stack runs, and otherwise read the running one."""

import os
from pathlib import Path

import pytest

from deploy.local.__main__ import main
from deploy.local.auditing import audit_settings
from deploy.local.operate import NotRunning
from deploy.local.stack import lock
from shared.audit.command import NOT_DONE

STACK = {"MAILBOX_KAFKA_PORT": "21900", "MAILBOX_MONGO_PORT": "21901"}


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which no stack runs."""
    monkeypatch.setenv("MAILBOX_LOCAL_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("words", [["audit"], ["audit", "--json"], ["trace", "GD-0"]])
def test_without_a_stack_there_is_nothing_to_look_at(
    words: list[str], local: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == NOT_DONE
    told = capsys.readouterr()
    assert "no stack runs here" in told.err
    assert not told.out
    assert not list(local.iterdir())


def test_it_looks_where_the_stack_runs(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"MAILBOX_LOCAL_DIR": str(local), **STACK}
    with pytest.raises(NotRunning):
        audit_settings(environment)
    monkeypatch.setattr(lock, "running_pid", lambda _: os.getpid())
    found = audit_settings(environment)
    assert found.kafka_bootstrap == "127.0.0.1:21900"
    assert "127.0.0.1:21901" in found.router_uri.get_secret_value()
    assert found.router_database == "mailbox_router"


@pytest.mark.parametrize("words", [["audit", "--wait", "-1"], ["trace"], ["audit", "--often"]])
def test_a_bad_word_is_refused(words: list[str], local: Path) -> None:
    del local
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == NOT_DONE
