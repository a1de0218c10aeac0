"""The operator's command `indexes`: creates a service's indexes before its processes start.

A service creates missing indexes at its start; on a database with many letters that takes too long
there, so an operator does it first. `--check` changes nothing.
"""

import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from shared.platform.app.service import Service
from shared.platform.mongo.database import Index


def add(commands: Any) -> None:
    """Add `indexes` to the subparsers of a command line."""
    indexes: ArgumentParser = commands.add_parser("indexes", help="create missing indexes")
    indexes.add_argument("--check", action="store_true", help="only list missing indexes")


async def run(asked: Namespace, service: Service) -> int:
    """Run the command; return its exit code: 1 if an index is still missing.

    Raises: DatabaseFault.
    """
    if not asked.check:
        for name, indexes in service.every_index.items():
            await service.shell.database.collection(name).index(indexes)
    missing = [
        (name, index)
        for name, indexes in service.every_index.items()
        for index in await service.shell.database.collection(name).lacks(indexes)
    ]
    for name, index in missing:
        sys.stderr.write(f"缺少索引 · missing index: {name} {_shown(index)}\n")
    if not missing:
        count = sum(map(len, service.every_index.values()))
        sys.stdout.write(f"{count} 个索引齐全 · all indexes exist\n")
    return 1 if missing else 0


def _shown(index: Index) -> str:
    """Format as `state:1,due_at:-1`."""
    return ",".join(f"{name}:{direction}" for name, direction in index.keys)
