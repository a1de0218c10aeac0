"""Files of lines are read whatever they contain, and written completely or not at all."""

import os
from pathlib import Path

import pytest

from shared.platform.runtime.json_lines import LONGEST, BadLine
from shared.platform.runtime.line_files import NotDone, answered, numbered, whole


def test_lines_keep_their_numbers_and_blank_ones_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b"\xef\xbb\xbfone\r\n\r\n \n\xef\xbb\xbffour\nlast")
    assert [*numbered(file)] == [(1, b"one\r"), (4, b"\xef\xbb\xbffour"), (5, b"last")]
    file.write_bytes(b"")
    assert [*numbered(file)] == []


@pytest.mark.parametrize("beyond", [0, 1, 2, 5 * LONGEST])
def test_of_a_line_that_is_too_long_no_more_is_held_than_shows_it(
    beyond: int, tmp_path: Path
) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b"x" * (LONGEST + beyond) + b"\nnext\n")
    (_, long), following = numbered(file)
    assert (len(long) > LONGEST) == (beyond > 0)
    assert len(long) <= LONGEST + 2
    assert following == (2, b"next")


def test_good_lines_are_answered_as_they_come_and_bad_ones_end_it_after_the_last(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def answer(line: bytes) -> str:
        if line == b"bad":
            raise BadLine("a: fault", "b: fault")
        return line.decode()

    found = answered([(1, b"one"), (3, b"bad"), (4, b"two")], answer)
    assert next(found) == "one"
    assert capsys.readouterr().err == ""
    assert next(found) == "two"
    assert capsys.readouterr().err == "第3行 · line 3: a: fault\n第3行 · line 3: b: fault\n"
    with pytest.raises(NotDone, match="nothing was written"):
        next(found)


@pytest.mark.parametrize("end", [KeyboardInterrupt, NotDone, OSError])
def test_whatever_ends_the_writing_leaves_the_old_file(
    end: type[BaseException], tmp_path: Path
) -> None:
    file = tmp_path / "out"
    file.write_text("as before")

    def interrupted() -> None:
        with whole(file, read=tmp_path / "in") as out:
            out.write("half")
            out.flush()
            assert file.read_text() == "as before"
            raise end

    with pytest.raises(NotDone if end is OSError else end):
        interrupted()
    assert file.read_text() == "as before"
    assert [*tmp_path.iterdir()] == [file]


def test_the_new_file_stands_in_the_place_of_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("as before")
    with whole(file, read=tmp_path / "in") as out:
        out.write("新的\n")
    assert file.read_bytes() == "新的\n".encode()
    assert [*tmp_path.iterdir()] == [file]


@pytest.mark.parametrize(("name", "why"), [("none", "FileNotFoundError"), (".", "IsADirectory")])
def test_what_cannot_be_read_is_named(name: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(NotDone, match=rf"can't be read \({why}"):
        list(numbered(tmp_path / name))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("no/out", r"can't be written \(FileNotFoundError\)"),
        (".", r"can't be written \(it is no file\)"),
        ("pipe", r"can't be written \(it is no file\)"),
        ("same", "are the same file"),
        ("part", "are the same file"),
    ],
)
def test_where_it_may_not_write_everything_stays_and_the_reason_is_said(
    name: str, why: str, tmp_path: Path
) -> None:
    """Also over a pipe, and over the file it reads, by its own name or the unfinished one's."""
    read = tmp_path / "in"
    read.write_text("as before")
    os.mkfifo(tmp_path / "pipe")
    os.link(read, tmp_path / "same")
    os.link(read, tmp_path / "part.part")
    there = sorted(tmp_path.iterdir())
    with pytest.raises(NotDone, match=why), whole(tmp_path / name, read=read) as out:
        out.write("new")
    assert sorted(tmp_path.iterdir()) == there
    assert read.read_text() == "as before"
    assert (tmp_path / "pipe").is_fifo()
