"""The operator's command `corrections OUT`: labelled cases where people corrected the rules.

One JSON object per line, for evaluating a rule before it is changed. No words of letters are read
or written; those who may read a letter look it up by its number.
"""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from shared.platform.app.service import Service
from shared.platform.runtime.line_files import NotDone, whole


def add(commands: Any) -> None:
    """Add `corrections` to the subparsers of a command line."""
    corrections: ArgumentParser = commands.add_parser(
        "corrections", help="export the cases in which people corrected the rules"
    )
    corrections.add_argument("out", metavar="OUT", type=Path, help="cases, one JSON object a line")


async def run(asked: Namespace, service: Service) -> int:
    """Run the command; return its exit code: 2 without corrections, or if OUT is not writable.

    Raises: DatabaseFault; then no file is written or changed.
    """
    if service.corrections is None:
        sys.stderr.write("本服务不分派信件 · this service sorts no letters\n")
        return 2
    count = 0
    try:
        with whole(asked.out) as out:
            async for case in service.corrections():
                out.write(f"{json.dumps(case, ensure_ascii=False)}\n")
                count += 1
    except NotDone as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    sys.stdout.write(f"{count} 封信件经人工更正 · letters that people corrected\n")
    return 0
