"""`calendar-changed`: what an operator does once days off or worked are others than was thought.

Every open letter whose dates are others now is told so, and says it with `due.changed`. Begun
again after an interruption it goes on with those that are left: a letter whose dates are right is
not touched. The running service counts by the new days only once it was started anew.
"""

from __future__ import annotations

import sys
import uuid
from argparse import Namespace
from typing import Any

from shared.platform.app.bulk_commands import tell_all
from shared.platform.app.service import Service


def add(commands: Any) -> None:
    """Add `calendar-changed` to the subparsers of a command line."""
    commands.add_parser("calendar-changed", help="count open letters' dates anew")


async def run(asked: Namespace, service: Service) -> int:
    """Do it; an exit code: 1 when some could not be kept, 2 where nothing is counted.

    Raises: DatabaseFault, BusFault; begun again it goes on with the rest.
    """
    del asked
    recounts = service.recounts
    if recounts is None:
        sys.stderr.write("本服务不计算期限 · this service counts no dates\n")
        return 2
    await service.shell.connect()
    counts = await tell_all(service.shell.letters, recounts(uuid.uuid4().hex))
    sys.stdout.write(f"{counts['told']} 封信件期限已重算 · letters with other dates now\n")
    if counts["failed"]:
        sys.stderr.write(f"{counts['failed']} 封未能重算 · could not be kept: see the log\n")
    return 1 if counts["failed"] else 0
