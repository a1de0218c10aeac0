"""Command line of the local stack: `python -m deploy.local up` and the other commands."""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from deploy.local.auditing import audited, traced
from deploy.local.demo.command import DemoFailed, demo
from deploy.local.doctor import SCANNER, examine
from deploy.local.erasures import erase, erasures
from deploy.local.operate import NotRunning, operate
from deploy.local.resend import resend
from deploy.local.stack import lock
from deploy.local.stack.engines import BadEngines
from deploy.local.stack.greeting import env_lines, greeting
from deploy.local.stack.keys import KeysDisagree
from deploy.local.stack.paths import place_from
from deploy.local.stack.plan import SERVICES, UnknownChild, settings
from deploy.local.stack.ports import BadPorts, ports_from
from deploy.local.stack.servers import ServersMissing
from deploy.local.stack.supervisor import Stack, StackFailed, running_stack
from shared.platform.app.resends_command import BadSelection, add_selection
from shared.terminal import speak_plainly

ONE_SIGNAL_S = 1.0
"""The terminal and make may both forward one Ctrl-C; a signal after this time means: kill at once.
"""

SENTENCES = (
    StackFailed, lock.AlreadyRunning, UnknownChild, KeysDisagree, BadPorts, BadEngines,
    ServersMissing, DemoFailed, NotRunning,
)  # fmt: skip

OPERATED = {"parked", "rotate", "calendar-changed"}
"""Commands that act on one service."""
LOOKS = {"audit": audited, "trace": traced, "erase": erase, "erasures": erasures}
"""Commands that read their own arguments, and have exit codes of their own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = _parser()
    asked, more = parser.parse_known_args(arguments)
    if more and asked.command not in {"demo", *LOOKS}:
        parser.error(f"unknown: {' '.join(more)}")
    try:
        if asked.command in ("up", "try", "demo"):
            running: dict[str, Callable[[], Coroutine[Any, Any, int]]] = {
                "up": lambda: _up(asked.only),
                "try": _try,
                "demo": lambda: demo(more),
            }
            return asyncio.run(running[asked.command]())
        if asked.command in OPERATED:
            return _operated(asked)
        if asked.command == "resend":
            return resend(asked, environment=os.environ)
        if asked.command in LOOKS:
            return LOOKS[asked.command](os.environ, more)
        return 1 if examine(os.environ, _say) else 0
    except (*SENTENCES, BadSelection) as fault:
        sys.stderr.write(f"{fault}\n")
        return 2 if isinstance(fault, BadSelection) else 1


def _parser() -> argparse.ArgumentParser:
    """Build the parser of all commands and their options."""
    parser = argparse.ArgumentParser(prog="deploy.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="run the stack in the foreground, until Ctrl-C")
    up.add_argument("--only", nargs="+", default=(), metavar="NAME", help="processes or groups")
    commands.add_parser("try", help="start the servers, create the topics, and stop again")
    commands.add_parser("demo", help="send letters and follow each to its end", add_help=False)
    commands.add_parser("doctor", help="check the checkout and the stack")
    parked = commands.add_parser("parked", help="handle records that a service can't process")
    parked.add_argument("service", nargs="?", default="", help=", ".join(SERVICES))
    parked.add_argument("words", nargs=argparse.REMAINDER, help="list, show ID, replay ID, drop ID")
    rotate = commands.add_parser(
        "rotate", help="re-encrypt a service's stored data with its current key"
    )
    rotate.add_argument("service", nargs="?", default="", help=", ".join(SERVICES))
    rotate.add_argument("words", nargs=argparse.REMAINDER, help="--check")
    commands.add_parser("erase", help="list or erase what is due for erasure", add_help=False)
    commands.add_parser("erasures", help="export or apply the ledger of erasures", add_help=False)
    changed = commands.add_parser("calendar-changed", help="recalculate the dates of open letters")
    changed.set_defaults(service="router", words=())
    add_selection(commands.add_parser("resend", help="send records of the services again"))
    commands.add_parser("audit", help="check every letter in all services", add_help=False)
    commands.add_parser("trace", help="show one letter's history, without its text", add_help=False)
    return parser


def _operated(asked: argparse.Namespace) -> int:
    """Run an operator command of one service. Raises: Senseless; NotRunning."""
    if asked.service not in SERVICES:
        raise BadSelection(
            f"请指明服务 · say which service: make {asked.command} SERVICE=router "
            f"({', '.join(SERVICES)})"
        )
    return operate(asked.service, [asked.command, *asked.words], environment=os.environ)


async def _up(only: Sequence[str]) -> int:
    ports = ports_from(os.environ)
    place = place_from(os.environ)
    stopping = _Stopping()
    _say("启动中 · starting …")
    try:
        async with running_stack(place.local, ports=ports, only=only, say=_say) as stack:
            stopping.stack = stack
            _welcome(stack)
            await stack.failed()
    except asyncio.CancelledError:
        if not stopping.is_asked:
            raise
        _say("已停止 · stopped.")
    return 0


async def _try() -> int:
    """Start broker, database and topics in a temporary folder to check that they work here."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with running_stack(Path(folder), only=("servers", "topics")) as stack:
            took = time.monotonic() - began
            names = " ".join(sorted(stack.pids))
            _say(f"可以使用 · ready in {took:.0f} s: {names}; topics as the contract says")
    return 0


class _Stopping:
    """Signal handling: the first signal stops the stack in order, a repeated one kills it."""

    def __init__(self) -> None:
        self.is_asked = False
        self.stack: Stack | None = None
        self._first_at = 0.0
        self._task = asyncio.current_task()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._heard)

    def _heard(self) -> None:
        if not self.is_asked and self._task is not None:
            self.is_asked, self._first_at = True, time.monotonic()
            _say("\n停止中 · stopping …")
            self._task.cancel()
        elif time.monotonic() - self._first_at > ONE_SIGNAL_S and self.stack is not None:
            self.stack.kill()


def _welcome(stack: Stack) -> None:
    env, names = stack.place.env_file, [child.name for child in stack.children]
    env.write_text(_env(stack), encoding="utf-8")
    scanner = os.environ.get(SCANNER) or "none"
    _say(greeting(stack.ports, names, env=_short(env), pid=os.getpid(), scanner=scanner))


def _env(stack: Stack) -> str:
    found = settings(stack.place, stack.ports, engines=stack.engines)
    found |= stack.engines.own("bureaus")
    names = [child.name for child in stack.children]
    return env_lines(stack.ports, found, children=names, pid=os.getpid())


def _short(path: Path) -> str:
    """Return the path relative to the current folder if it lies inside it, else unchanged."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    speak_plainly()
    sys.exit(main())
