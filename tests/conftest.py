"""Rules for every test: no connection beyond loopback, and a random order that can be repeated.

The guard is an audit hook, so it also sees calls that bypass `socket.socket`. It remembers refused
calls, so code that swallows the refusal still fails its test. It doesn't see libuv's sockets and
child processes: uvloop is for services, which bind to loopback by default.
"""

import gc
import ipaddress
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.budget import register_profiles
from tests.support.programs import NEEDED, lacking

register_profiles()

REACHING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
"""Audited calls whose second argument is an address: a tuple, or the path of a Unix socket."""

ASKING = {"socket.getaddrinfo", "socket.gethostbyname"}
"""Audited calls whose first argument is a host name: resolving it already leaves the machine."""

_refused: list[str] = []


class BeyondLoopback(RuntimeError):
    """A test reached for another machine."""


@pytest.fixture(autouse=True)
def refused_calls() -> Iterator[list[str]]:
    """The calls refused during this test; a test that expects one clears the list."""
    _refused.clear()
    yield _refused
    assert not _refused, f"reached beyond loopback, and went on: {_refused}"


def pytest_configure() -> None:
    """Install the guard before any test module is imported."""
    sys.addaudithook(_guard)
    gc.disable()  # importing and collecting makes little garbage
    os.environ.pop("COLUMNS", None)  # parallel workers get a width that no terminal has


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests without their programs; start files with long tests first."""
    missing = [marker for marker, needed in NEEDED.items() if lacking(needed.programs)]
    if chosen := [one for one in items if any(map(one.get_closest_marker, missing))]:
        config.hook.pytest_deselected(items=chosen)
        items[:] = [one for one in items if one not in chosen]
    longest: dict[Path, float] = {}
    for one in items:
        marker = one.get_closest_marker("timeout")
        longest[one.path] = max(longest.get(one.path, 0), marker.args[0] if marker else 0)
    items.sort(key=lambda one: -longest[one.path])


def pytest_collection_finish() -> None:
    """Exclude modules and the list of tests from garbage collection, which tests force often."""
    gc.freeze()
    gc.enable()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print what was left out, and the seed of the random order also when the header is hidden."""
    for needed in NEEDED.values():
        if missing := ", ".join(lacking(needed.programs)):
            left_out = f"left out: tests that need {missing} ({needed.installed_by})"
            terminalreporter.write_line(left_out)
    seed = config.getoption("randomly_seed", None)
    terminalreporter.write_line(f"random order: repeat it with --randomly-seed={seed}")


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    if event in REACHING and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event in ASKING and arguments[0] is not None:
        host = arguments[0]
    else:
        return
    if not _is_loopback(host):
        _refused.append(event)
        raise BeyondLoopback(f"{event} to {host!r}: tests talk to 127.0.0.1 and ::1 alone")


def _is_loopback(host: object) -> bool:
    if host in {"localhost", b"localhost"}:
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False
