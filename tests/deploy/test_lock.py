"""Two stacks never run in one folder."""

import os
from pathlib import Path

import pytest

from deploy.local.stack.lock import AlreadyRunning, held, running_pid


def test_a_folder_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    assert running_pid(tmp_path) is None
    with held(tmp_path):
        assert running_pid(tmp_path) == os.getpid()
        with (
            pytest.raises(AlreadyRunning, match=rf"already runs in .* \(pid {os.getpid()}\)"),
            held(tmp_path),
        ):
            pass
    assert running_pid(tmp_path) is None


def test_a_lock_file_that_nobody_holds_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "supervisor.lock").write_text("1\n")
    assert running_pid(tmp_path) is None
    with held(tmp_path):
        assert running_pid(tmp_path) == os.getpid()
