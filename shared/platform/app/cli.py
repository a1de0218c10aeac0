"""The command line of `python -m services.<service>`: serve, or run an operator's command.

A command runs in its own process with the service's settings and keys, with or without the service
running. Exit codes: 0 done, 1 not completely done, 2 not applicable.
"""

import asyncio
import gc
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from uvicorn.loops.auto import auto_loop_factory

from shared.kernel.errors import BadData
from shared.platform.app import (
    calendar_command,
    corrections_command,
    erase_command,
    erasures_command,
    indexes_command,
    parked_command,
    resends_command,
    ring_command,
    rotate_command,
)
from shared.platform.app.service import Service
from shared.platform.crypto.key_files import BadKeys
from shared.platform.kafka.acl_check import AclMissing
from shared.platform.kafka.bus import BusFault
from shared.platform.mongo.database import DatabaseFault
from shared.platform.repair.fork_check import DatabaseBehind
from shared.platform.runtime import logs
from shared.platform.runtime.settings import ServiceSettings, load
from shared.sealing.key_directory import NoKey

SettingsT = TypeVar("SettingsT", bound=ServiceSettings)

GC_THRESHOLDS = (700, 1_000, 20)
"""Thresholds of the garbage collector's generations.

A batch outlives many collections, which with Python's defaults took a twelfth of a busy router's
time.
"""


class Command(Protocol):
    """A module with one operator's command."""

    def add(self, commands: Any) -> None:
        """Add it to the subparsers of the command line."""

    async def run(self, asked: Namespace, service: Service) -> int:
        """Run it; return its exit code. The bus is not started. Raises: DatabaseFault, BusFault."""


COMMANDS: Mapping[str, Command] = {
    "calendar-changed": calendar_command,
    "corrections": corrections_command,
    "erase": erase_command,
    "erasures": erasures_command,
    "indexes": indexes_command,
    "parked": parked_command,
    "resend": resends_command,
    "ring": ring_command,
    "rotate": rotate_command,
}


def main(
    name: str,
    settings: type[SettingsT],
    *,
    build: Callable[[SettingsT], Service],
    arguments: Sequence[str] | None = None,
) -> int:
    """Serve, or run the command of the command line; return the exit code."""
    parser = ArgumentParser(prog=f"services.{name}", description="Without a command: serve.")
    commands = parser.add_subparsers(dest="command")
    for command in COMMANDS.values():
        command.add(commands)
    asked = parser.parse_args(arguments)
    loaded = load(settings)
    logs.setup(name, loaded.log_level if asked.command is None else "ERROR")
    try:
        if asked.command is None:
            return _serve(lambda: build(loaded))
        return asyncio.run(_operate(asked, lambda: build(loaded)))
    except BadData as fault:
        return _failed(f"数据文件有误 · a data file can't be used: {fault}")


def _serve(build: Callable[[], Service]) -> int:
    """Serve until stopped, in uvicorn's preferred event loop; 2 if it must not serve.

    Objects that exist by then (code, tables, models) are excluded from garbage collection; scanning
    them repeatedly would take a tenth of a busy router's time.
    """
    reasons: list[Exception] = []
    service = build()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            runner.run(service.run())
    except* (AclMissing, DatabaseBehind) as refusals:
        reasons += refusals.exceptions
    for reason in reasons:
        sys.stderr.write(f"{reason}\n")
    return 2 if reasons else 0


async def _operate(asked: Namespace, build: Callable[[], Service]) -> int:
    try:
        service = build()
    except BadKeys as fault:
        return _failed(f"密钥不可用 · the keys can't be used: {fault}")
    try:
        await service.shell.keys.load()
        return await COMMANDS[asked.command].run(asked, service)
    except DatabaseBehind as fault:
        return _failed(str(fault))
    except NoKey as missing:
        return _failed(f"缺少有效公钥 · no valid public key of {missing.reader}")
    except DatabaseFault as fault:
        return _failed(f"数据库没有应答 · the database fails: {type(fault).__name__}")
    except BusFault as fault:
        return _failed(f"Kafka 没有应答 · the broker fails: {type(fault).__name__}")
    finally:
        await service.shell.bus.stop()
        await service.close()
        service.shell.database.close()


def _failed(line: str) -> int:
    sys.stderr.write(f"{line}\n")
    return 1
