"""The audit's command line and exit codes.

0: no breaches; 1: breaches; 2: the audit could not be done.
"""

import argparse
import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from shared.audit import report
from shared.audit.metrics import write_metrics
from shared.audit.reading import NoNumber
from shared.audit.running import Audit, NotCaughtUp
from shared.audit.settings import AuditSettings, archives
from shared.audit.tally import AuditTally
from shared.platform.kafka.bus import BusFault
from shared.platform.kafka.kafka_options import kafka_options
from shared.platform.mongo.database import DatabaseFault
from shared.platform.repair.watermarks import Watermarks
from shared.platform.runtime import data_files
from shared.terminal import columns

CLEAN, BREACHES, NOT_DONE = 0, 1, 2
LONGEST_S = 86_400


def parser(name: str) -> argparse.ArgumentParser:
    """The parser of the command line."""
    asked = argparse.ArgumentParser(
        prog=name, description="Check every letter in all four services, by reading alone."
    )
    asked.add_argument(
        "--wait", type=seconds, default=60, help="seconds that consumers may make no progress"
    )
    asked.add_argument(
        "--pause", type=seconds, default=6, help="seconds before suspects are checked again"
    )
    asked.add_argument(
        "--grace", type=seconds, default=0, help="seconds that the notifier was away"
    )
    asked.add_argument("--json", action="store_true", help="print the result as JSON")
    asked.add_argument("--metrics", type=Path, help="write a file for Prometheus' node exporter")
    return asked


def seconds(text: str) -> float:
    """A duration of at most one day. Raises: argparse.ArgumentTypeError."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"must be a number of seconds from 0 to {LONGEST_S}")
    return value


def audit(settings: AuditSettings, asked: argparse.Namespace) -> int:
    """Audit and print the result; return the exit code."""
    try:
        tally = asyncio.run(audited(settings, asked))
    except NotCaughtUp as late:
        return _not_done("\n".join(report.not_caught_up(late.behind)))
    except NoNumber as fault:
        return _not_done(f"有文档没有编号 · a document without a number: {fault}")
    except (BusFault, DatabaseFault) as fault:
        return _not_done(f"未能审计 · could not audit: {type(fault).__name__}")
    if asked.metrics:
        write_metrics(tally, asked.metrics)
    output = (
        report.as_json(tally) if asked.json else "\n".join(report.lines(tally, width=columns()))
    )
    sys.stdout.write(f"{output}\n")
    if tally.breaches or tally.unjudged:
        return BREACHES
    return NOT_DONE if tally.behind else CLEAN


async def audited(settings: AuditSettings, asked: argparse.Namespace) -> AuditTally:
    """Run an audit. Raises: NotCaughtUp, NoNumber, BusFault, DatabaseFault."""
    with archives(settings) as kept:
        return await Audit(
            kept,
            Watermarks(kafka_options(settings)),
            now=settings.office_time,
            wait=timedelta(seconds=asked.wait),
            pause=timedelta(seconds=asked.pause),
            grace=timedelta(seconds=asked.grace),
            table=data_files.retention(settings.retention_file or data_files.RETENTION),
        ).run()


def _not_done(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return NOT_DONE
