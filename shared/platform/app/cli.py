"""What does `python -m services.<service>` do? It serves, or does one of an operator's commands.

A command runs in a process of its own with the service's settings and keys, beside the service or
without it, and ends with an exit code: 0 done, 1 not all of it, 2 asked for what makes no sense.
"""

from __future__ import annotations

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

LOOKS_FOR_GARBAGE = (700, 1_000, 20)
"""How many objects until the newest are looked through, how often that until what outlived it is,
and how often this until all is.

A batch outlives many looks, which with Python's own numbers took a twelfth of a busy router's time.
"""


class Command(Protocol):
    """A module that knows one of an operator's commands."""

    def add(self, commands: Any) -> None:
        """Add it to the subparsers of the command line."""

    async def run(self, asked: Namespace, service: Service) -> int:
        """Do it; an exit code. The bus is not started yet. Raises: DatabaseFault, BusFault."""


COMMANDS: Mapping[str, Command] = {
    "calendar-changed": calendar_command,
    "corrections": corrections_command,
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
    """Serve, or do what the command line asks for; an exit code."""
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
    """Serve until told to stop, in the event loop that uvicorn prefers; 2: it must not serve.

    What is there by then (code, tables, models) stays: looking through it for garbage again and
    again would take a tenth of a busy router's time.
    """
    reasons: list[Exception] = []
    service = build()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*LOOKS_FOR_GARBAGE)
    try:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            runner.run(service.run())
    except* (AclMissing, DatabaseBehind) as found:
        reasons += found.exceptions
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
    except NoKey as none:
        return _failed(f"缺少有效公钥 · no valid public key of {none.reader}")
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
