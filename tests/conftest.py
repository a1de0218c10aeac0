"""What holds for every test: nothing beyond loopback, and the order of a run can be had again.

The guard is an audit hook, so it also sees what goes round `socket.socket`; a refused call is
remembered, so code that swallows the refusal still fails its test. libuv's sockets and child
processes are outside its sight: uvloop is for services, and those bind to loopback by default.
"""

import ipaddress
import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.programs import PROMETHEUS, lacking

settings.register_profile(
    "house",
    deadline=None,  # tests assert no times: a busy machine is no fault
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")

REACHING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
"""Audited calls whose second argument is an address: a tuple, or the path of a Unix socket."""

ASKING = {"socket.getaddrinfo", "socket.gethostbyname"}
"""Audited calls whose first argument is a host's name: asking for it already leaves the machine."""

_refused: list[str] = []
_left_out: list[str] = []
"""Tests that need programs which this machine lacks."""


class BeyondLoopback(RuntimeError):
    """A test reached for another machine."""


@pytest.fixture(autouse=True)
def refused_calls() -> Iterator[list[str]]:
    """The calls refused during this test; a test that means one empties the list."""
    _refused.clear()
    yield _refused
    assert not _refused, f"reached beyond loopback, and went on: {_refused}"


def pytest_configure() -> None:
    """Close the door before any test module is imported."""
    sys.addaudithook(_guard)
    os.environ.pop("COLUMNS", None)  # parallel workers get a width that no terminal has


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs Prometheus where it isn't installed; the summary says so."""
    if not lacking(PROMETHEUS):
        return
    chosen = [one for one in items if one.get_closest_marker("prometheus")]
    config.hook.pytest_deselected(items=chosen)
    items[:] = [one for one in items if one not in chosen]
    _left_out.extend(one.nodeid for one in chosen)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print what was left out, and the seed of the random order also when the header is hidden."""
    if _left_out:
        missing = ", ".join(lacking(PROMETHEUS))
        terminalreporter.write_line(
            f"left out: {len(_left_out)} tests that need {missing} (make ops-deps)"
        )
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
