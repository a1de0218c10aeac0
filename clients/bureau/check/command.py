"""The command `bureau check`: plays the mailbox to a bureau's own system and reports.

Exit codes: 0 nothing failed, 1 something failed, 2 the check could not run. The broker is named
only on the command line; variables for the real mailbox are ignored.
"""

import argparse
import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clients.bureau._cli import arguments
from clients.bureau._cli.arguments import BadWords
from clients.bureau.check import report
from clients.bureau.check.judging import verdicts
from clients.bureau.check.running import Timing
from clients.bureau.check.scenarios import SCENARIOS
from clients.bureau.check.session import CheckRequest, check
from clients.bureau.settings import PREFIX, BureauSettings, load
from shared.contracts.bilingual import Bilingual

OWN_PREFIX = "MAILBOX_CHECK_"
"""Prefix of the variables with the test broker's credentials, such as
`MAILBOX_CHECK_KAFKA_USERNAME`.
"""
STEP_S = 60.0
QUIET_S = 25.0
"""Seconds; long enough to see two repeats of a system that repeats every ten seconds."""
ALL_RIGHT, SOME_FAILED = 0, 1


def add(commands: Any) -> None:
    """Add `check` to the subparsers of the command line."""
    command = commands.add_parser(
        "check", help="检查本局自己的系统 · play the mailbox to a system of your own, and judge it"
    )
    slug = os.environ.get("MAILBOX_BUREAU") or None
    command.add_argument("--bureau", type=arguments.bureau, metavar="SLUG", default=slug)
    command.add_argument(
        "--broker", metavar="HOST:PORT", help="a test broker, with nobody else on it"
    )
    command.add_argument(
        "--key", type=Path, metavar="FILE",
        help="the bureau's public key (JWKS); of two the last is the one to change to",
    )  # fmt: skip
    command.add_argument(
        "--make-topics", action="store_true", help="create the topics, if they aren't there"
    )
    command.add_argument("--only", type=_scenarios, metavar="NAME,…", default=tuple(SCENARIOS))
    command.add_argument("--list", action="store_true", help="show all scenarios, play none")
    command.add_argument(
        "--step", type=arguments.seconds, default=STEP_S, help="seconds for each step; default 60"
    )
    command.add_argument(
        "--quiet", type=arguments.seconds, default=QUIET_S,
        help="seconds to watch for what must not come; default 25",
    )  # fmt: skip
    command.add_argument("--json", type=Path, metavar="FILE", help="write the report there too")


async def run(asked: argparse.Namespace) -> int:
    """Run the check and print the report; return an exit code.

    Raises: BadWords; BadSettings; what `check` raises; OSError.
    """
    if asked.list:
        _print(*report.listed())
        return ALL_RIGHT
    if asked.bureau is None or asked.broker is None or asked.key is None:
        raise BadWords("须给出 --bureau、--broker 和 --key; give --bureau, --broker and --key")
    timing = Timing(asked.step, asked.quiet)
    wanted = CheckRequest(
        asked.bureau, asked.key, asked.only, timing, makes_topics=asked.make_topics
    )
    settings = load(BureauSettings, own_settings(os.environ, asked.broker))
    cast, transcript = await check(wanted, settings.connection(asked.bureau), say=_say)
    found = verdicts(cast, asked.only, transcript=transcript)
    for name, verdict in found.items():
        _print(*report.lines(SCENARIOS[name], verdict))
    _print(report.summary(found), *report.hint(cast, transcript))
    if asked.json:
        await asyncio.to_thread(asked.json.write_text, report.as_json(cast, found), "utf-8")
    is_failed = any(verdict.result == "failed" for verdict in found.values())
    return SOME_FAILED if is_failed else ALL_RIGHT


def own_settings(environment: Mapping[str, str], broker: str) -> dict[str, str]:
    """How to reach the test broker: address as given, credentials from variables of the check.

    TLS is optional, because the check refuses brokers that have the mailbox's own topics.
    """
    own = {
        PREFIX + name.removeprefix(OWN_PREFIX): value
        for name, value in environment.items()
        if name.startswith(OWN_PREFIX)
    }
    usual = {f"{PREFIX}ENV": "dev", f"{PREFIX}KAFKA_IDEMPOTENT": "false"}
    return {**usual, **own, f"{PREFIX}KAFKA_BOOTSTRAP": broker}


def _scenarios(text: str) -> tuple[str, ...]:
    names = tuple(name for name in text.split(",") if name)
    if not names or not set(names) <= set(SCENARIOS):
        raise argparse.ArgumentTypeError(f"must be some of {', '.join(SCENARIOS)}")
    return names


def _say(said: Bilingual) -> None:
    _print(said.zh, f"  {said.en}")


def _print(*said: str) -> None:
    for line in said:
        print(line, flush=True)
