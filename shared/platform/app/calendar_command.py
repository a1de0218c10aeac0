"""The operator's command `calendar-changed`, for changed working days.

Every open letter whose dates change is updated, and emits `due.changed`. After an interruption, a
second run continues with the rest: a letter with correct dates is not touched. The running service
uses the new days only after a restart.
"""

import sys
import uuid
from argparse import Namespace
from typing import Any

from shared.platform.app.bulk_commands import tell_all
from shared.platform.app.service import Service


def add(commands: Any) -> None:
    """Add `calendar-changed` to the subparsers of a command line."""
    commands.add_parser("calendar-changed", help="recalculate the dates of open letters")


async def run(asked: Namespace, service: Service) -> int:
    """Run the command; return its exit code: 1 if some letters failed, 2 if there are no dates.

    Raises: DatabaseFault, BusFault; a second run continues with the rest.
    """
    del asked
    recounts = service.recounts
    if recounts is None:
        sys.stderr.write("本服务不计算期限 · this service counts no dates\n")
        return 2
    await service.shell.connect()
    counts = await tell_all(service.shell.letters, recounts(uuid.uuid4().hex))
    sys.stdout.write(f"{counts['told']} 封信件期限已重算 · letters with new dates\n")
    if counts["failed"]:
        sys.stderr.write(
            f"{counts['failed']} 封未能重算 · could not be recalculated: see the log\n"
        )
    return 1 if counts["failed"] else 0
