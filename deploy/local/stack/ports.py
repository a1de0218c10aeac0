"""The ports of the stack, whether they are free, and which processes hold them.

`ports_from` is pure; the rest asks this machine. Everything listens on loopback only.
"""

import random
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path

LOOPBACK = "127.0.0.1"
LOWEST, HIGHEST = 1024, 65535
QUIET = range(20_000, 32_000)
"""Below the range from which the system takes ports for outgoing connections."""

LISTENING = "0A"
"""TCP's state `LISTEN`, as /proc/net/tcp spells it."""


class BadPorts(ValueError):
    """A port's setting can't be used; the text is one sentence that names it."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The loopback port of each child, by its name."""

    kafka: int = 19092
    mongo: int = 27027
    issuer: int = 8090
    gateway: int = 8091
    intake: int = 8081
    router: int = 8082
    notifier: int = 8083
    publisher: int = 8084
    bureaus: int = 8085
    sample: int = 8086

    def named(self) -> dict[str, int]:
        """Return all ports by name."""
        return {name: getattr(self, name) for name in NAMES}


NAMES = tuple(field.name for field in fields(Ports))


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that listens on a port."""

    pid: int
    command: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A port that somebody else listens on; the holder is None if it can't be read."""

    name: str
    port: int
    holder: Holder | None

    def __str__(self) -> str:
        by = f" by pid {self.holder.pid} ({self.holder.command})" if self.holder else ""
        return f"port {self.port} ({self.name}, {variable(self.name)}) is taken{by}"


def variable(name: str) -> str:
    """Return the environment variable that sets the port `name`."""
    return f"MAILBOX_{name.upper()}_PORT"


def ports_from(environment: Mapping[str, str]) -> Ports:
    """Return the default ports, overridden by `environment`. Raises: BadPorts."""
    chosen = Ports().named()
    for name in NAMES:
        if text := environment.get(variable(name), "").strip():
            chosen[name] = _port(variable(name), text)
    for name, port in chosen.items():
        if twin := next((other for other in NAMES if other != name and chosen[other] == port), ""):
            raise BadPorts(f"{variable(name)} and {variable(twin)} are both {port}: change one.")
    return Ports(**chosen)


def free_ports() -> Ports:
    """Return ports that nobody listens on now, for a stack beside others."""
    return Ports(*draw(len(NAMES)))


def draw(count: int) -> list[int]:
    """Return `count` different ports that nobody listens on now."""
    free = (port for port in random.sample(QUIET, len(QUIET)) if is_free(port))
    return list(islice(free, count))


def is_free(port: int) -> bool:
    """Return whether a server could listen on `port` now."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def taken(ports: Ports, names: Iterable[str]) -> tuple[Taken, ...]:
    """Return those of the named ports that are not free, with their holders."""
    numbers = ports.named()
    return tuple(
        Taken(name, numbers[name], holder_of(numbers[name]))
        for name in names
        if not is_free(numbers[name])
    )


def holder_of(port: int) -> Holder | None:
    """Return the process that listens on `port`, as far as this user may see (Linux only)."""
    wanted = {f"socket:[{inode}]" for inode in _inodes(port)}
    if not wanted:
        return None
    for process in Path("/proc").glob("[0-9]*"):
        if _holds(process, wanted):
            return Holder(int(process.name), command_of(int(process.name)))
    return None


def command_of(pid: int) -> str:
    """Return the command line of a process, shortened, or "unknown"."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "unknown"
    return " ".join(word.decode(errors="replace") for word in words if word)[:120] or "unknown"


def parent_of(pid: int) -> int | None:
    """Return the parent process of `pid`, None when that can't be read (Linux only)."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return None


def _port(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not LOWEST <= int(text) <= HIGHEST:
        raise BadPorts(f"{name} is {text!r}: it must be a number from {LOWEST} to {HIGHEST}.")
    return int(text)


def _inodes(port: int) -> set[str]:
    """Return the inodes of the sockets that listen on `port`."""
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        try:
            rows = [line.split() for line in table.read_text().splitlines()[1:]]
        except OSError:
            continue
        found |= {
            row[9] for row in rows if row[3] == LISTENING and int(row[1].split(":")[1], 16) == port
        }
    return found


def _holds(process: Path, wanted: set[str]) -> bool:
    try:
        return any(str(link.readlink()) in wanted for link in (process / "fd").iterdir())
    except OSError:
        return False
