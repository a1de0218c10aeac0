"""Plays 240 letters to their ends, months in minutes, and reports the results.

Writers, a triage clerk, chiefs, supervisors and editors act through the services' public HTTP APIs;
the simulated bureaus answer over Kafka. The demo starts services of its own, whose office time
advances as fast as the work can be done (docs/adr/0019), and audits them at the end. All figures
are read back from the services. A stopped demo continues with --resume.
"""

import argparse
import asyncio
import os
import signal
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from deploy.local.demo.days import WRITING_DAYS
from deploy.local.demo.here import played_here
from deploy.local.demo.http_client import DemoFailed
from deploy.local.demo.letters import SEED
from deploy.local.demo.months import FIRST_DAY, played_through
from deploy.local.stack.paths import place_from

__all__ = ["DemoFailed", "demo"]

STOPPED = 130
YEAR_DAYS = 366
MOST_LETTERS = 5_000


async def demo(arguments: Sequence[str]) -> int:
    """Run the demo; return 0 when every letter reached its end and the audit is clean.

    Raises: DemoFailed; what `running_stack` raises.
    """
    asked = parser().parse_args(arguments)
    console = Console()
    task = asyncio.ensure_future(_demo(asked, console))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        console.print("已停止 · stopped; it goes on with: make demo DEMO_FLAGS=--resume")
        return STOPPED
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(number)


async def _demo(asked: argparse.Namespace, console: Console) -> int:
    local: Path = place_from(os.environ).local
    if asked.here:
        return await played_here(local, asked, console=console)
    return await played_through(local / "demo", asked, console=console)


def parser() -> argparse.ArgumentParser:
    """Build the parser of the demo's options."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--resume", action="store_true", help="continue the last run")
    parser.add_argument(
        "--letters",
        type=_count,
        default=240,
        help="how many letters; default 240; beyond that they repeat",
    )
    parser.add_argument(
        "--publish", type=_number, default=20, help="how many to publish at most; default 20"
    )
    parser.add_argument("--seed", default=SEED, help="seed of all random choices; default 1")
    parser.add_argument(
        "--start", type=_day, default=FIRST_DAY, help=f"the first day; default {FIRST_DAY}"
    )
    parser.add_argument(
        "--days",
        type=_days,
        default=WRITING_DAYS,
        help="days within which all are written; default 21",
    )
    parser.add_argument(
        "--here", action="store_true", help="run in real time, in the stack started by `make run`"
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=300.0,
        help="with --here: seconds to wait at most; default 300",
    )
    return parser


def _number(text: str) -> int:
    """Parse a whole number from 0. Raises: argparse.ArgumentTypeError."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("must be a number")
    return int(text)


def _count(text: str) -> int:
    """Parse a number of letters, 1 to MOST_LETTERS. Raises: argparse.ArgumentTypeError."""
    return _within(MOST_LETTERS, text)


def _days(text: str) -> int:
    """Parse a number of days, 1 to YEAR_DAYS. Raises: argparse.ArgumentTypeError."""
    return _within(YEAR_DAYS, text)


def _within(most: int, text: str) -> int:
    if not 1 <= _number(text) <= most:
        raise argparse.ArgumentTypeError(f"must be 1 to {most}")
    return int(text)


def _day(text: str) -> date:
    """Parse an ISO date. Raises: argparse.ArgumentTypeError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a day such as 2026-03-02") from None
