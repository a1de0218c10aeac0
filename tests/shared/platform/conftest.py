"""Fixtures that several tests of the platform share."""

import gc
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.platform.letters import log_archive
from tests.shared.platform.faces import Client, client, faces
from tests.shared.platform.issuing import Issuer
from tests.support.asking import Counted, Writer
from tests.support.household import House
from tests.support.replicas import Replica, World
from tests.support.stack import bus, new_collection, own_servers, servers

__all__ = ["bus", "new_collection", "own_servers", "servers"]


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
async def face() -> AsyncIterator[Client]:
    async with client(faces()) as opened:
        yield opened


@pytest.fixture
def swept() -> Iterator[None]:
    """A process that ends with a fault leaves its socket to the system; here the test closes it."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def replica(world: World) -> Replica:
    return world.replica()


@pytest.fixture
def writer(world: World) -> Writer:
    return Writer(world)


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents reach their limits soon."""
    limits = {"MOST_ENTRIES": 5, "LEFT_ENTRIES": 3, "MOST_ASKED": 4, "LEFT_ASKED": 2}
    for name, limit in limits.items():
        monkeypatch.setattr(log_archive, name, limit)
