"""Types and groups of command line arguments."""

import argparse
import re
import sys
from datetime import date
from pathlib import Path

from shared.contracts.reading import SUBJECT
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.words import MAX_NOTE

CODE = re.compile(r"[a-z0-9][a-z0-9_.:\-]{0,63}")
OPAQUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}")


class BadWords(Exception):
    """An argument is unusable. Names the argument, never its value."""


def bureau(text: str) -> Bureau:
    """A bureau's slug."""
    for slug in BUREAUS:
        if slug == text:
            return slug
    raise argparse.ArgumentTypeError(f"must be one of {', '.join(BUREAUS)}")


def seconds(text: str) -> float:
    """A duration in seconds, at most a day."""
    found = float(text)
    if not 0 < found <= 86_400:
        raise argparse.ArgumentTypeError("must be above 0 and at most 86,400 seconds")
    return found


def ordinal(text: str) -> int:
    """A whole number from 1."""
    number = int(text)
    if not 0 < number < 1_000_000:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def letter(text: str) -> str:
    """A letter number."""
    if not SUBJECT.fullmatch(text):
        raise argparse.ArgumentTypeError("is no letter number")
    return text


def code(text: str) -> str:
    """A code of the bureau's own, such as a unit's."""
    if not CODE.fullmatch(text):
        raise argparse.ArgumentTypeError("must be up to 64 of a-z 0-9 _ . : - (no blanks)")
    return text


def opaque(text: str) -> str:
    """An opaque id of a person."""
    if not OPAQUE.fullmatch(text):
        raise argparse.ArgumentTypeError("must be up to 64 of A-Z a-z 0-9 _ . : - (no blanks)")
    return text


def folder(text: str) -> Path:
    """A folder that exists."""
    if not (found := Path(text)).is_dir():
        raise argparse.ArgumentTypeError("is no folder")
    return found


def day(text: str) -> date:
    """A date in Asia/Shanghai. Raises: BadWords."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadWords("日期写作 2026-12-31 a day is written 2026-12-31") from None


def add_text(
    command: argparse.ArgumentParser, what: str, *, most: int = MAX_NOTE, is_needed: bool = True
) -> None:
    """Add arguments for words from the command line, a file or stdin."""
    text = command.add_mutually_exclusive_group(required=is_needed)
    text.add_argument("--text", help=f"{what}, where nobody else sees the command line")
    text.add_argument(
        "--text-file",
        metavar="FILE",
        help=f"a file with at most {most:,} characters; - for stdin",
    )


def text_of(asked: argparse.Namespace) -> str | None:
    """The words, or None. Raises: BadWords; OSError."""
    if asked.text_file is None:
        return asked.text if asked.text is None else str(asked.text)
    return read_text(asked.text_file)


def read_text(file: str) -> str:
    """The content of the file, or of stdin for `-`. Raises: BadWords; OSError."""
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except UnicodeError:
        raise BadWords("文件不是 UTF-8 the text is not in UTF-8") from None
    except (FileNotFoundError, IsADirectoryError, PermissionError):
        raise BadWords("读不到文件 the file can't be read") from None
