"""Make explains itself, and refuses a Python that is too old in one sentence."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.local.stack.paths import CHECKOUT

if shutil.which("make") is None:
    pytest.fail("GNU make is needed to work here", pytrace=False)


def make(*words: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    return subprocess.run(
        ["make", *words], cwd=CHECKOUT, env=clean, capture_output=True, text=True, check=False
    )


def test_help_names_every_target_that_has_a_purpose() -> None:
    said = make().stdout
    for target in (
        "run",
        "demo",
        "doctor",
        "due-date",
        "try-rules",
        "check",
        "k8s-check",
        "test",
        "test-all",
        "test-browser",
        "screenshots",
        "tour",
        "browser-deps",
        "bench",
        "images",
        "pin-images",
        "lock",
        "clean",
    ):
        assert f"  make {target} " in said
    assert [line for line in said.splitlines() if line and not line.startswith(" ")] == [
        "start",
        "check",
        "real",
        "ship",
    ]


@pytest.mark.parametrize("base", ["", "PYTHON_IMAGE=python:3.13-slim-trixie"])
def test_images_of_a_release_need_a_base_that_cannot_change(base: str) -> None:
    refused = make("images", "TAG=0.1.0", "DOCKER=true", *filter(None, [base]))
    assert (refused.returncode, "PYTHON_IMAGE=python@sha256:" in refused.stderr) == (2, True)
    assert make("images", "TAG=dev", "DOCKER=true").returncode == 0
    pinned = make("images", "TAG=0.1.0", "DOCKER=true", "PYTHON_IMAGE=python@sha256:beef")
    assert pinned.returncode == 0


def test_due_dates_are_asked_for_by_two_files_whatever_they_are_called() -> None:
    said = make("-n", "due-date", "IN=my cases.jsonl", "OUT=dates.jsonl").stdout
    assert '-m shared.duedates "my cases.jsonl" "dates.jsonl"' in said


def test_rules_are_tried_on_any_two_files_whatever_they_are_called() -> None:
    said = make("-n", "try-rules", "IN=my letters.jsonl", "OUT=result.jsonl").stdout
    assert '-m shared.tryrules "my letters.jsonl" "result.jsonl"' in said


def test_an_old_python_is_refused_in_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python2"
    # Stands for an interpreter of another age: it answers as one would, with status and sentence.
    old.write_text(
        '#!/bin/sh\nexec python3 -c "import sys; sys.version_info = (3, 10, 1); $2" 2>&1\n'
    )
    old.chmod(0o700)
    refused = make("run", f"PYTHON={old}")
    assert refused.returncode != 0
    assert f"Python 3.11, 3.12 or 3.13 is needed and {old} is 3.10" in refused.stdout


def test_a_python_that_is_not_there_is_named() -> None:
    refused = make("run", "PYTHON=no-such-python")
    assert refused.returncode != 0
    assert "there is no no-such-python" in refused.stderr
