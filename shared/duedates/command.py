"""Reads a file of cases and writes a file of due dates, whole or not at all.

0: every case is answered. 2: at least one can't be; each fault is told on stderr with its line and
field, and no file is written or changed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from shared.duedates.answers import answer
from shared.duedates.cases import BadLine, case_of
from shared.kernel.errors import BadData
from shared.kernel.policy_versions import PolicyVersions
from shared.kernel.working_days import Calendar
from shared.platform import datafiles
from shared.platform.settings import CalendarSettings, load

DONE, NOT_DONE = 0, 2
BOM = b"\xef\xbb\xbf"


class NotAnswered(Exception):
    """Nothing was written; the text says why, a line for each fault."""


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m shared.duedates IN OUT [--overrides FILE] [--policies FOLDER]`; an exit code."""
    asked = _parser().parse_args(arguments)
    try:
        calendar, versions = _read(asked)
        answers = _answers(_lines(asked.cases), calendar, versions)
        _write(answers, asked.dates, cases=asked.cases)
    except NotAnswered as fault:
        sys.stderr.write(f"{fault}\n")
        return NOT_DONE
    sys.stdout.write(f"{_told(answers, calendar)}\n")
    return DONE


def _parser() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(
        prog="shared.duedates", description="Explain due dates, day by day (docs/calendar.md)."
    )
    asked.add_argument("cases", metavar="IN", type=_named, help="cases, one JSON object a line")
    asked.add_argument("dates", metavar="OUT", type=_named, help="answers, one JSON object a line")
    asked.add_argument(
        "--overrides",
        type=Path,
        help="the office's changes to the calendar; else MAILBOX_CALENDAR_OVERRIDES names them",
    )
    asked.add_argument(
        "--policies",
        type=Path,
        help="a folder of versions of the policies, or one; else MAILBOX_POLICIES_DIR names it",
    )
    return asked


def _named(path: str) -> Path:
    if not path:
        raise argparse.ArgumentTypeError(
            "a file is needed: make due-date IN=cases.jsonl OUT=dates.jsonl"
        )
    return Path(path)


def _read(asked: argparse.Namespace) -> tuple[Calendar, PolicyVersions]:
    settings = load(CalendarSettings)
    try:
        return (
            datafiles.calendar(overrides=asked.overrides or settings.calendar_overrides),
            datafiles.policies(asked.policies or settings.policies_dir),
        )
    except BadData as bad:
        raise NotAnswered(f"数据文件不可用 · a data file can't be used: {bad}") from bad


def _lines(file: Path) -> list[tuple[int, bytes]]:
    """The lines with their numbers, blank ones left out."""
    try:
        text = file.read_bytes().removeprefix(BOM)
    except OSError as bad:
        raise NotAnswered(f"{file} can't be read ({type(bad).__name__})") from bad
    numbered = enumerate(text.split(b"\n"), 1)
    return [(number, line) for number, line in numbered if line.strip()]


def _answers(
    lines: list[tuple[int, bytes]], calendar: Calendar, versions: PolicyVersions
) -> list[dict[str, Any]]:
    found, faults = [], list[str]()
    for number, line in lines:
        try:
            found.append(answer(case_of(line), calendar, versions=versions))
        except BadLine as bad:
            faults += [f"第{number}行 · line {number}: {fault}" for fault in bad.faults]
    if faults:
        raise NotAnswered("\n".join([*faults, "没有写出结果 · nothing was written"]))
    return found


def _write(answers: list[dict[str, Any]], file: Path, *, cases: Path) -> None:
    """All at once: whoever looks sees the old file or the new one."""
    part = Path(f"{file}.part")
    try:
        if file.exists() and file.samefile(cases):
            raise NotAnswered("IN and OUT are the same file")
        part.write_text("".join(f"{line}\n" for line in _as_json(answers)), encoding="utf-8")
        part.replace(file)
    except OSError as bad:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise NotAnswered(f"{file} can't be written ({type(bad).__name__})") from bad


def _as_json(answers: list[dict[str, Any]]) -> Iterator[str]:
    return (json.dumps(one, ensure_ascii=False) for one in answers)


def _told(answers: list[dict[str, Any]], calendar: Calendar) -> str:
    provisional = sum(one["provisional"] for one in answers)
    waiting = sum(one["due"] is None for one in answers)
    return (
        f"{len(answers)} answered, {provisional} provisional, {waiting} without a date while "
        f"they wait; calendar {calendar.version}"
    )
