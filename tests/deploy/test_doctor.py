"""The doctor names every port's setting, as README says."""

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.local import doctor
from deploy.local.doctor import examine
from deploy.local.stack import lock
from deploy.local.stack.ports import LOOPBACK, NAMES, free_ports, variable


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    ports = free_ports().named()
    found = {variable(name): str(port) for name, port in ports.items()}
    return {"MAILBOX_LOCAL_DIR": str(tmp_path), **found}


def ports_told(environment: dict[str, str]) -> dict[str, str]:
    """Setting → its line."""
    lines: list[str] = []
    examine(environment, lines.append)
    return {line.split()[1].partition("=")[0]: line for line in lines if "_PORT=" in line}


def test_it_lists_every_setting_with_its_port(environment: dict[str, str]) -> None:
    told = ports_told(environment)
    assert set(told) == {variable(name) for name in NAMES}
    for name, line in told.items():
        assert line == f"√ {name}={environment[name]} is free"


def test_a_taken_port_is_told_with_what_to_set(environment: dict[str, str]) -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        line = ports_told(environment | {"MAILBOX_INTAKE_PORT": str(port)})["MAILBOX_INTAKE_PORT"]
    assert line.startswith(f"× MAILBOX_INTAKE_PORT={port} is taken")
    assert "set MAILBOX_INTAKE_PORT to a free port" in line


def test_it_lists_them_beside_a_running_stack_too(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: object) -> list[object]:
        return []

    monkeypatch.setattr(lock, "running_pid", lambda _: 4711)
    monkeypatch.setattr(doctor, "_alive", nothing)
    assert set(ports_told(environment)) == {variable(name) for name in NAMES}


def scanner_line(environment: dict[str, str]) -> str:
    """What is said about the scanner."""
    lines: list[str] = []
    examine(environment, lines.append)
    (found,) = [line for line in lines if doctor.SCANNER in line]
    return found


def test_it_says_that_files_are_not_scanned(environment: dict[str, str]) -> None:
    assert scanner_line(environment).startswith("√ files are handed out unscanned")


def test_it_asks_the_scanner(environment: dict[str, str]) -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        with ThreadPoolExecutor() as pool:
            pool.submit(_pong, server)
            line = scanner_line(environment | {doctor.SCANNER: f"{LOOPBACK}:{port}"})
    assert line == f"√ {doctor.SCANNER}: PONG"
    line = scanner_line(environment | {doctor.SCANNER: f"{LOOPBACK}:{port}"})
    assert line.startswith(f"× {doctor.SCANNER}: ConnectionRefusedError")
    assert scanner_line(environment | {doctor.SCANNER: "nonsense"}).startswith("×")


def _pong(server: socket.socket) -> None:
    asking, _ = server.accept()
    with asking:
        assert asking.recv(16) == b"nPING\n"
        asking.sendall(b"PONG\n")
