"""A secret's file is read completely or not at all, again when it changes, and never shown."""

import logging
from pathlib import Path

import pytest

from shared.platform.runtime.rotating_secret import (
    MOST_BYTES,
    BadSecret,
    RotatingSecret,
    read_secret,
)

FIRST = "first-4417-kestrel-ondrivaux"
SECOND = "second-9920-brellomond-mole"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{FIRST}\n")
    return path


def test_blanks_around_it_are_no_part_of_it(file: Path) -> None:
    assert read_secret(file, at_least=16) == FIRST


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"too-short",
        b"two words of enough letters",
        b"two-lines-of-enough\nletters-each-of-them",
        "密密密密密密密密密密密密密密密密".encode(),
        b"\xff" * 40,
        b"x" * (MOST_BYTES + 1),
        b"bell\x07in-the-middle-of-it",
    ],
)
def test_what_is_no_secret_is_refused_and_not_shown(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(BadSecret) as refused:
        RotatingSecret(file, at_least=16)
    assert str(refused.value) == (
        "must name a file of 16 to 8,192 visible ASCII characters in one line"
    )


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(BadSecret, match="can be read"):
            read_secret(path, at_least=16)


def test_a_new_secret_counts_at_the_next_use(file: Path) -> None:
    secret = RotatingSecret(file, at_least=16)
    assert secret.value == FIRST
    file.write_text(SECOND)
    assert secret.value == SECOND


@pytest.mark.parametrize("broken", ["gone", "empty", "short"])
def test_the_last_good_one_counts_while_the_file_can_not_be_used(
    file: Path, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    secret = RotatingSecret(file, at_least=16)
    if broken == "gone":
        file.unlink()
    else:
        file.write_text("" if broken == "empty" else "short-8823")
    assert secret.value == FIRST
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.WARNING, "secret not read again")
    assert FIRST not in str(record.__dict__)
    assert "8823" not in str(record.__dict__)
    file.write_text(SECOND)
    assert secret.value == SECOND


def test_it_shows_itself_to_nobody(file: Path) -> None:
    assert FIRST not in repr(RotatingSecret(file, at_least=16))
