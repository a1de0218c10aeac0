"""Terminal output of commands, in any encoding and at any width.

Uses only the standard library; services, the local stack and the bureaus' client all use it.
"""

import codecs
import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import TextIO, cast
from unicodedata import east_asian_width

ZONE = "Asia/Shanghai"
UNLIMITED = 1_000
"""Width if there is no terminal: a file or another program expects each row on one line."""
INDENT = "    "
BETWEEN = "  "
PLAIN = {
    "√": "v", "×": "x", "→": ">", "…": ".", "—": "-", "·": "-", "‖": "=", "■": "#", "▲": "^",
    "△": "'", "±": "~",
}  # fmt: skip
"""Replacements for our signs if the terminal lacks them; all of them are in GBK."""
_PLAINLY = "plain"
_SHANGHAI = timezone(timedelta(hours=8), ZONE)


def speak_plainly() -> None:
    """Make stdout and stderr never fail; called once, where a command starts.

    Characters missing in the terminal's encoding become a plain character or `?`. Once nobody reads
    any more, as after `| head`, further output is discarded, and the command ends normally.
    """
    codecs.register_error(_PLAINLY, _in_plain_signs)
    sys.stdout, sys.stderr = _patient(sys.stdout), _patient(sys.stderr)


def is_heard() -> bool:
    """Whether somebody still reads stdout; for commands that would print forever."""
    return not (isinstance(sys.stdout, _Patient) and sys.stdout.is_left)


def columns() -> int:
    """The width of the terminal."""
    return shutil.get_terminal_size((UNLIMITED, 24)).columns


def width_of(text: str) -> int:
    """The number of columns; a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, width: int) -> Iterator[list[str]]:
    """The lines of the heading and of each row; if too wide, a row lists its named cells."""
    rows = list(rows)
    widths = [max(map(width_of, cells)) for cells in zip(head, *rows, strict=True)]
    if sum(widths) + len(BETWEEN) * (len(head) - 1) <= width:
        for row in (head, *rows):
            yield [BETWEEN.join(map(_placed, row, widths)).rstrip()]
        return
    yield [head[0]]
    for first, *rest in rows:
        named = [f"{name}: {cell}" for name, cell in zip(head[1:], rest, strict=True) if cell]
        yield [first, *flowing(named, width=width)]


def flowing(parts: Iterable[str], *, width: int, indent: str = INDENT) -> Iterator[str]:
    """Join the parts, on as many lines as they need; no part is broken."""
    line = ""
    for part in parts:
        longer = f"{line}{BETWEEN}{part}" if line else f"{indent}{part}"
        if line and width_of(longer) > width:
            yield line
            longer = f"{indent}{part}"
        line = longer
    if line:
        yield line


def local_time(instant: datetime) -> str:
    """The time of day in Guangdong without the zone, for columns that name it."""
    return f"{instant.astimezone(_SHANGHAI):%Y-%m-%d %H:%M:%S}"


def zoned_time(instant: datetime) -> str:
    """The time of day in Guangdong, with the zone's name."""
    return f"{local_time(instant)} {ZONE}"


class _Patient(io.TextIOWrapper):
    """A stream that survives the end of its reader."""

    is_left = False

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            self._leave()
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except BrokenPipeError:
            self._leave()

    def _leave(self) -> None:
        """Nobody reads any more: discard this and all further output."""
        self.is_left = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())


def _placed(cell: str, width: int) -> str:
    """Pad the cell to that width; numbers are aligned to the right."""
    space = " " * (width - width_of(cell))
    return space + cell if cell.replace(",", "").isdecimal() else cell + space


def _patient(stream: TextIO) -> TextIO:
    """Wrap the stream; the original stays open, because the interpreter owns it."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    return _Patient(
        cast("io.BufferedWriter", stream.buffer),
        encoding=stream.encoding,
        errors=_PLAINLY,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _in_plain_signs(fault: UnicodeError) -> tuple[str, int]:
    """Replacements of equal width for characters that can't be encoded. Raises: the fault."""
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    lost = fault.object[fault.start : fault.end]
    return "".join(
        PLAIN.get(character) or "?" * width_of(character) for character in lost
    ), fault.end
