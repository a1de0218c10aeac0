"""A sealer and openers with keys in files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.platform.crypto.key_sets import opener_in
from shared.sealing.envelopes import Opener, Sealer
from tests.shared.sealing.envelopes import KEYS, jwk, write
from tests.support.sealers import sealer_in


@pytest.fixture
def sealer(tmp_path: Path) -> Sealer:
    public = [jwk(key, kid, private=False) for kid, key in KEYS.items()]
    return sealer_in(write(tmp_path / "public.jwks.json", *public))


@pytest.fixture
def opener_of(tmp_path: Path) -> Callable[[str], Opener]:
    def load(holder: str) -> Opener:
        key = jwk(KEYS[holder], holder, private=True)
        return opener_in(write(tmp_path / "private.jwks.json", key))

    return load


@pytest.fixture
def router(opener_of: Callable[[str], Opener]) -> Opener:
    return opener_of("router")
