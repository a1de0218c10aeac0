"""In a container a stand-in listens on the given address, and keys are for development alone."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest

from deploy.local.stack.keys import make
from deploy.local.stack.keys_command import main
from deploy.local.stack.ports import free_ports
from tests.support.waiting import until


def test_keys_are_made_for_development_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MAILBOX_ENV", raising=False)
    assert main([str(tmp_path / "keys")]) == 2
    assert "MAILBOX_ENV=dev" in capsys.readouterr().err
    assert not (tmp_path / "keys").exists()


def test_keys_that_are_missing_are_made_and_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAILBOX_ENV", "dev")
    assert main([str(tmp_path)]) == 0
    made = {file: file.read_bytes() for file in tmp_path.rglob("*.json")}
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "keys: 0 new files"
    assert made == {file: file.read_bytes() for file in tmp_path.rglob("*.json")}


def test_a_folder_that_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAILBOX_ENV", "dev")
    (tmp_path / "file").write_text("")
    assert main([str(tmp_path / "file")]) == 1
    assert main([]) == 2
    assert "keys: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("told", "is_heard"), [({}, False), ({"MAILBOX_STAND_IN_HOST": "::1"}, True)]
)
async def test_a_stand_in_listens_where_it_is_told(
    told: dict[str, str], *, is_heard: bool, tmp_path: Path
) -> None:
    make(tmp_path)
    port = free_ports().gateway
    environment = {
        **os.environ,
        "MAILBOX_ENV": "dev",
        "MAILBOX_GATEWAY_PORT": str(port),
        "MAILBOX_GATEWAY_FILE": str(tmp_path / "messages.jsonl"),
        "MAILBOX_KEYS_DIR": str(tmp_path),
        **told,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.local.fakes.gateway", env=environment
    )
    try:
        await until(lambda: _answers("127.0.0.1", port) or _answers("::1", port))
        assert _answers("::1", port) is is_heard
    finally:
        process.terminate()
        await process.wait()


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
