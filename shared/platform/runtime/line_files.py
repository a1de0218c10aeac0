"""Reading a file line by line, and writing a file atomically, for commands.

Lines are read and written one at a time, so files may be of any length.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, TextIO, TypeVar

from shared.platform.runtime.json_lines import LONGEST, BadLine

_BOM: Final = b"\xef\xbb\xbf"
_NOTHING: Final = "没有写出结果 · nothing was written"

T = TypeVar("T")


class NotDone(Exception):
    """Nothing was written; the text says why, one line per fault."""


def numbered(file: Path) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers, without blank lines and without a byte order mark.

    A line longer than `LONGEST` is truncated just beyond that. Raises: NotDone.
    """
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(_lines(lines), 1):
                text = line.removeprefix(_BOM) if number == 1 else line
                if text.strip():
                    yield number, text
    except OSError as bad:
        raise NotDone(f"{file} can't be read ({type(bad).__name__})") from bad


def answered(lines: Iterable[tuple[int, bytes]], answer: Callable[[bytes], T]) -> Iterator[T]:
    """Yield `answer` of each line; bad lines are reported on stderr.

    Raises: NotDone after the last line, if one was bad.
    """
    is_good = True
    for number, line in lines:
        try:
            found = answer(line)
        except BadLine as bad:
            is_good = False
            for fault in bad.faults:
                sys.stderr.write(f"第{number}行 · line {number}: {fault}\n")
        else:
            yield found
    if not is_good:
        raise NotDone(_NOTHING)


@contextmanager
def whole(file: Path, *, read: Path | None = None) -> Iterator[TextIO]:
    """Write a file that replaces `file` at the end of the block, completely or not at all.

    Readers see the old file or the new one; an exception leaves the old one.
    Raises: NotDone, also if it would overwrite `read`.
    """
    part = Path(f"{file}.part")
    with _unwritable_reported(file):
        if read is not None and any(_is_same(target, read) for target in (file, part)):
            raise NotDone("IN and OUT are the same file")
        if file.exists() and not file.is_file():
            raise NotDone(f"{file} can't be written (it is no file)")
        out = part.open("w", encoding="utf-8", newline="\n")
        try:
            with out:
                yield out
            part.replace(file)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(LONGEST + 2):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST)
        yield line.removesuffix(b"\n")


@contextmanager
def _unwritable_reported(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as bad:
        raise NotDone(f"{file} can't be written ({type(bad).__name__})") from bad


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
