"""The command that reads a file of cases and writes a file of due dates, atomically.

Exit codes: 0: every case is answered. 2: at least one can't be; each fault is reported on stderr
with its line and field, and no file is written or changed.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.duedates.answers import answer
from shared.duedates.cases import case_of
from shared.kernel.errors import BadData
from shared.kernel.policy_versions import PolicyVersions
from shared.kernel.working_days import Calendar
from shared.platform.runtime import data_files
from shared.platform.runtime.line_files import NotDone, answered, numbered, whole
from shared.platform.runtime.settings import CalendarSettings, load

DONE, NOT_DONE = 0, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m shared.duedates IN OUT [--overrides FILE] [--policies FOLDER]`; an exit code."""
    asked = _parser().parse_args(arguments)
    try:
        calendar, versions = _read(asked)
        answers = list(
            answered(
                numbered(asked.cases),
                lambda line: answer(case_of(line), calendar, versions=versions),
            )
        )
        with whole(asked.dates, read=asked.cases) as out:
            out.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in answers)
    except NotDone as fault:
        sys.stderr.write(f"{fault}\n")
        return NOT_DONE
    sys.stdout.write(f"{_summary(answers, calendar)}\n")
    return DONE


def _parser() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(
        prog="shared.duedates", description="Explain due dates, day by day (docs/calendar.md)."
    )
    asked.add_argument("cases", metavar="IN", type=_named, help="cases, one JSON object per line")
    asked.add_argument(
        "dates", metavar="OUT", type=_named, help="answers, one JSON object per line"
    )
    asked.add_argument(
        "--overrides",
        type=Path,
        help="the office's changes to the calendar; default: MAILBOX_CALENDAR_OVERRIDES",
    )
    asked.add_argument(
        "--policies",
        type=Path,
        help="a folder of policy versions, or one file; default: MAILBOX_POLICIES_DIR",
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
            data_files.calendar(overrides=asked.overrides or settings.calendar_overrides),
            data_files.policies(asked.policies or settings.policies_dir),
        )
    except BadData as bad:
        raise NotDone(f"数据文件不可用 · a data file can't be used: {bad}") from bad


def _summary(answers: list[dict[str, Any]], calendar: Calendar) -> str:
    provisional = sum(row["provisional"] for row in answers)
    waiting = sum(row["due"] is None for row in answers)
    return (
        f"{len(answers)} answered, {provisional} provisional, {waiting} without a date while "
        f"they wait; calendar {calendar.version}"
    )
