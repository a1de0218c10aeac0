"""A demo that is killed halfway and resumed ends with a clean audit."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.stack.paths import CHECKOUT

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(1_800)]

PATIENCE_S = 600.0
DEMO = (sys.executable, "-m", "deploy.local", "demo")


@contextmanager
def demo(folder: Path, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """A demo in that folder, which ends with the block."""
    playing = subprocess.Popen(
        (*DEMO, *words),
        cwd=CHECKOUT,
        env={**os.environ, "MAILBOX_LOCAL_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with playing:
        try:
            yield playing
        finally:
            playing.kill()


def wait_for_steps(clock: Path, count: int) -> None:
    """Wait until office time has advanced that often."""
    until = time.monotonic() + PATIENCE_S
    while not clock.exists() or len(clock.read_bytes().splitlines()) < count:
        assert time.monotonic() < until, "office time stands"
        time.sleep(0.2)


def test_a_killed_demo_goes_on_to_every_letters_end(tmp_path: Path) -> None:
    clock = tmp_path / "demo" / "clock"
    with demo(tmp_path, "--letters", "4", "--publish", "1") as playing:
        wait_for_steps(clock, 60)
        playing.kill()
    before = clock.read_bytes()
    with demo(tmp_path, "--resume") as playing:
        wait_for_steps(clock, len(before.splitlines()) + 5)
        playing.send_signal(signal.SIGINT)
        assert playing.wait(60) == 130
    with demo(tmp_path, "--resume") as playing:
        said, _ = playing.communicate(timeout=PATIENCE_S)
    assert playing.returncode == 0, said
    assert clock.read_bytes().startswith(before.rpartition(b"\n")[0])
    assert "every letter has come to its end" in said
    assert "nothing breaks the promise" in said
