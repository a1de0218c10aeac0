"""An issuer and a face that several tests of the platform share."""

import gc
import warnings
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.shared.platform.faces import Client, client, faces
from tests.shared.platform.issuing import Issuer
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
