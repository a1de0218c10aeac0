"""What decodes strangers' files can reach nothing but the file, and can't go on for ever."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from textwrap import dedent
from typing import Any

import pytest

from services.intake.domain.files import BrokenFile, ComplexFile
from services.intake.files import cleaning
from services.intake.files.cleaning import ROOT, FileCleaner
from services.intake.files.sealed_chunks import StorageAway
from tests.support.pictures import picture

PROBE = dedent(
    """
    import json, os, resource, socket, sys
    from services.intake.files import cleaning_process
    from services.intake.files.cleaned import CleanedBytes

    def outcome(attempt):
        try:
            attempt()
        except BaseException as fault:
            return type(fault).__name__
        return "done"

    def probe(raw):
        found = {
            "reads": outcome(lambda: open("/etc/hostname")),
            "writes": outcome(lambda: open("/tmp/mailbox-probe", "w")),
            "connects": outcome(lambda: socket.create_connection(("127.0.0.1", 9))),
            "starts": outcome(lambda: os.pipe()),
            "allocates": outcome(lambda: bytearray(2 * 1024**3)),
            "core": resource.getrlimit(resource.RLIMIT_CORE)[1],
            "cpu": resource.getrlimit(resource.RLIMIT_CPU)[1],
            "file": resource.getrlimit(resource.RLIMIT_FSIZE)[1],
        }
        return CleanedBytes("text/plain", json.dumps(found).encode())

    cleaning_process._image = lambda kind: probe
    cleaning_process.main("jpeg")
    """
)


async def raw(content: bytes) -> AsyncIterator[bytes]:
    yield content


def test_it_can_open_no_file_and_no_connection_and_has_little_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE], input=b"raw", env={"PYTHONPATH": str(ROOT)},
        capture_output=True, check=True,
    )  # fmt: skip
    length = int.from_bytes(done.stdout[:4], "big")
    found: dict[str, Any] = json.loads(done.stdout[4 + length :])
    assert found.pop("allocates") == "MemoryError"
    assert (found.pop("core"), found.pop("file"), found.pop("cpu")) == (0, 0, 20)
    assert set(found.values()) == {"OSError"}


async def test_it_gets_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOX_MONGO_URI", "mongodb://a-secret")
    async with cleaning._child("jpeg") as child:
        environment = await asyncio.to_thread(_environment_of, child.pid)
    assert "mongodb" not in environment
    assert set(environment.split("\0")) - {""} == {f"PYTHONPATH={ROOT}"}


def _environment_of(pid: int) -> str:
    """What the process was started with, once it is our program."""
    while b"cleaning_process" not in _read(pid, "cmdline"):
        pass
    return _read(pid, "environ").decode()


def _read(pid: int, name: str) -> bytes:
    with open(f"/proc/{pid}/{name}", "rb") as file:  # noqa: PTH123 - a file of the kernel
        return file.read()


async def test_a_cleaning_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "LONGEST_S", 0.001)
    cleaner = FileCleaner()
    with pytest.raises(ComplexFile):
        async with cleaner.cleaned(raw(picture()), "jpeg"):
            pass
    monkeypatch.undo()
    async with cleaner.cleaned(raw(picture()), "jpeg") as clean:
        assert clean.type == "image/jpeg"


@pytest.mark.parametrize("process", ["services.intake.no_such_module", "this"])
async def test_a_process_that_dies_or_talks_nonsense_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, process: str
) -> None:
    monkeypatch.setattr(cleaning, "PROCESS", process)
    with pytest.raises((ComplexFile, BrokenFile)):
        async with FileCleaner().cleaned(raw(picture()), "jpeg"):
            pass


async def test_when_the_storage_fails_the_process_is_ended() -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield picture()[:100]
        raise StorageAway

    children = _children()
    with pytest.raises(StorageAway):
        async with FileCleaner().cleaned(failing(), "jpeg"):
            pass
    assert _children() <= children


def _children() -> set[str]:
    """Processes below this one."""
    with open(f"/proc/{os.getpid()}/task/{os.getpid()}/children") as file:  # noqa: PTH123 - a file of the kernel
        return set(file.read().split())
