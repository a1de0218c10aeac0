"""Keys, an issuer and a face that several tests of the platform share."""

import gc
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from shared.platform.jwe import Opener, Sealer
from tests.shared.platform.envelopes import KEYS, jwk, write
from tests.shared.platform.faces import Client, client, faces
from tests.shared.platform.issuing import Issuer
from tests.support.sealers import sealer_in
from tests.support.stack import bus, new_collection, own_servers, servers

__all__ = ["bus", "new_collection", "own_servers", "servers"]


@pytest.fixture
def sealer(tmp_path: Path) -> Sealer:
    public = [jwk(key, kid, private=False) for kid, key in KEYS.items()]
    return sealer_in(write(tmp_path / "public.jwks.json", *public))


@pytest.fixture
def opener_of(tmp_path: Path) -> Callable[[str], Opener]:
    def load(holder: str) -> Opener:
        key = jwk(KEYS[holder], holder, private=True)
        return Opener.load(write(tmp_path / "private.jwks.json", key))

    return load


@pytest.fixture
def router(opener_of: Callable[[str], Opener]) -> Opener:
    return opener_of("router")


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
async def face() -> AsyncIterator[Client]:
    async with client(faces()) as opened:
        yield opened


@pytest.fixture
def swept() -> Iterator[None]:
    """A process that ends by a fault leaves its socket to the system; here nobody else does."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
