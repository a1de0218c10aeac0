"""A failed installation ends with one clear sentence, a finished one silently."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.install import explain, main, python_mark

NO_WHEEL = """\
ERROR: Could not find a version that satisfies the requirement orjson==3.13.0 (from versions: none)
ERROR: No matching distribution found for orjson==3.13.0
"""
UNREACHABLE = """\
WARNING: Retrying (Retry(total=1, connect=None, read=None, redirect=None, status=None)) after \
connection broken by 'NewConnectionError(...: Failed to establish a new connection)': /simple/httpx/
ERROR: Could not find a version that satisfies the requirement httpx==0.28.1 (from versions: none)
ERROR: No matching distribution found for httpx==0.28.1
"""
OTHER_FILE = """\
ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated …
    h11==0.16.0 from an-index/h11-0.16.0-py3-none-any.whl (from -r r.lock (line 1)):
        Expected sha256 0000
"""


def test_a_missing_wheel_is_named_with_the_python_that_lacks_it() -> None:
    said = explain(NO_WHEEL, "requirements.lock")
    assert "no ready-made wheel of orjson==3.13.0" in said
    assert platform.python_version() in said


def test_an_index_out_of_reach_is_not_taken_for_a_missing_wheel() -> None:
    said = explain(UNREACHABLE, "requirements.lock")
    assert said.startswith("The package index could not be reached while asking for httpx==0.28.1")


def test_a_file_that_is_not_the_locked_one_is_named() -> None:
    said = explain(OTHER_FILE, "requirements.lock")
    assert said.startswith("The file offered for h11==0.16.0 is not the one that requirements.lock")


def test_anything_else_ends_with_the_last_thing_that_pip_said() -> None:
    assert (
        explain("a\nERROR: disk full\n\n", "x.lock")
        == "pip could not install x.lock: ERROR: disk full"
    )
    assert explain("", "x.lock") == "pip could not install x.lock: no reason given"


def test_what_is_installed_is_left_alone_and_a_wheel_that_is_nowhere_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    environment, lock = tmp_path / "env", tmp_path / "other.lock"
    lock.write_text(f"no-such-wheel==1.0 --hash=sha256:{'0' * 64}\n")
    assert main([str(environment), str(lock)]) == 1
    said = capsys.readouterr().err
    assert "Making" in said
    assert "no ready-made wheel of no-such-wheel==1.0" in said
    assert not (environment / "stamp-other").exists()

    lock = tmp_path / "some.lock"
    lock.write_text("# nothing\n")

    assert main([str(environment), str(lock)]) == 0
    assert "Installing" in capsys.readouterr().err
    assert main([str(environment), str(lock)]) == 0
    assert capsys.readouterr().err == ""

    lock.write_text("# nothing else\n")
    assert main([str(environment), str(lock)]) == 0
    again = capsys.readouterr().err
    assert "Installing" in again
    assert "Making" not in again


def test_the_mark_of_a_python_tells_two_apart() -> None:
    assert platform.python_version() in python_mark()
    assert sys.base_prefix in python_mark()


def test_the_installer_runs_before_anything_is_installed() -> None:
    asked = [sys.executable, "-S", "-m", "deploy.local.install", "--help"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
