"""Starting one child process, waiting until it is ready, stopping it, and its log.

A child leads a process group of its own, so Ctrl-C in the terminal reaches the supervisor alone. On
Linux the system kills the child when the supervisor dies, in whatever way; elsewhere a supervisor
that is killed leaves its children behind, and the next start names them by their ports.
"""

import asyncio
import os
import signal
import sys
import time
from collections import deque
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from deploy.local.stack.paths import CHECKOUT
from deploy.local.stack.plan import Child, Done, Http, Tcp
from deploy.local.stack.ports import LOOPBACK

LOOK_EVERY_S = 0.05
ANSWER_WITHIN_S = 2.0
SHOWN_LINES = 12
OLD_LOGS = 5
"""Number of earlier runs whose logs are kept."""
TETHER = (sys.executable, "-I", "-S", str(Path(__file__).with_name("tether.py")))


class NotReady(Exception):
    """A child ended or stayed silent instead of becoming ready; the text is one sentence."""


class ChildProcess:
    """One started process."""

    def __init__(self, child: Child, process: asyncio.subprocess.Process) -> None:
        self.child = child
        self._process = process

    @property
    def pid(self) -> int:
        """The process id, also after its end."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.returncode

    async def ended(self) -> int:
        """Wait for its end, without a limit; return the exit code."""
        return await self._process.wait()

    async def stop(self, *, at_most_s: float | None = None) -> None:
        """Send SIGTERM, after the grace period SIGKILL, and wait for the end."""
        grace_s = self.child.grace_s if at_most_s is None else min(at_most_s, self.child.grace_s)
        if self.code is None:
            self._signal(signal.SIGTERM)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), grace_s)
        if self.code is None:
            self.kill()
        await self._process.wait()

    def kill(self) -> None:
        """Send SIGKILL."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(number)


async def start(child: Child, log: Path) -> ChildProcess:
    """Start the child, with its output appended to `log`. Raises: NotReady."""
    with log.open("ab") as output:
        try:
            process = await asyncio.create_subprocess_exec(
                *(*TETHER, str(os.getpid()), *child.command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=CHECKOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **child.settings},
                start_new_session=True,
            )
        except OSError as fault:
            raise NotReady(f"{child.name} could not be started: {fault.strerror}.") from fault
    return ChildProcess(child, process)


async def ready(running: ChildProcess, log: Path, *, patience_s: float) -> None:
    """Return when the child is ready. Raises: NotReady when it ended, or after `patience_s`."""
    until = time.monotonic() + patience_s
    while not await _is_ready(running):
        if running.code is not None:
            raise NotReady(f"{running.child.name} {ending(running.code)}.{_end_of_log(log)}")
        if time.monotonic() > until:
            raise NotReady(
                f"{running.child.name} was not ready within {patience_s:.0f} s.{_end_of_log(log)}"
            )
        await asyncio.sleep(LOOK_EVERY_S)


def ending(code: int) -> str:
    """Describe how a process ended."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def last_lines(log: Path, count: int = SHOWN_LINES) -> list[str]:
    """Return the end of a child's log, empty when it wrote nothing."""
    try:
        with log.open(encoding="utf-8", errors="replace") as lines:
            return [line.rstrip()[:300] for line in deque(lines, maxlen=count)]
    except OSError:
        return []


def rotate_log(log: Path) -> None:
    """Make room for a new run's log: `<name>.log.1` is the run before, up to `<name>.log.5`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    names = [log, *(log.with_name(f"{log.name}.{number}") for number in range(1, OLD_LOGS + 1))]
    for newer, older in reversed([*pairwise(names)]):
        if newer.exists():
            newer.replace(older)


async def _is_ready(running: ChildProcess) -> bool:
    match running.child.ready:
        case Done():
            return running.code == 0
        case Tcp(port):
            return running.code is None and await _answers(port, b"", b"")
        case Http(port):
            return running.code is None and await _answers(port, _ASK_READY, b" 200 ")


_ASK_READY = f"GET /health/ready HTTP/1.1\r\nHost: {LOOPBACK}\r\nConnection: close\r\n\r\n".encode()


async def _answers(port: int, question: bytes, wanted: bytes) -> bool:
    """Return whether the first line of the answer to `question` contains `wanted`."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            try:
                writer.write(question)
                return wanted in (await reader.readline() if question else b"")
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError):
        return False


def _end_of_log(log: Path) -> str:
    lines = last_lines(log)
    if not lines:
        return f" Its log {log} is empty."
    return f" The end of its log {log}:\n" + "\n".join(f"    {line}" for line in lines)
