"""Keys are created once, completely, readable by their owner only, and only ever added to."""

import base64
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwe
from joserfc.jwk import ECKey

from deploy.local.stack.keys import KeysDisagree, make
from shared.contracts.slugs import BUREAUS

SERVICES = {"intake", "router", "notifier", "publisher"}
HOLDERS = SERVICES | {f"bureau:{slug}" for slug in BUREAUS}


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    make(tmp_path / "keys")
    return tmp_path / "keys"


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_holder_has_a_public_key_and_nobody_else_has(keys: Path) -> None:
    public = read(keys / "public.jwks.json")["keys"]
    assert {jwk["kid"] for jwk in public} == HOLDERS
    assert all("d" not in jwk for jwk in public)


def test_what_is_sealed_to_a_bureau_its_private_key_opens(keys: Path) -> None:
    public = {jwk["kid"]: jwk for jwk in read(keys / "public.jwks.json")["keys"]}
    [private] = read(keys / "bureaus" / "guangzhou.private.jwks.json")["keys"]
    ways = ["ECDH-ES+A256KW", "A256GCM"]
    header = {"alg": ways[0], "enc": ways[1]}
    to = ECKey.import_key(public["bureau:guangzhou"])
    sealed = jwe.encrypt_compact(header, b"words", to, algorithms=ways)
    opened = jwe.decrypt_compact(sealed, ECKey.import_key(private), algorithms=ways)
    assert opened.plaintext == b"words"


def test_rings_and_secrets_are_as_long_as_they_must_be(keys: Path) -> None:
    drawn = [*read(keys / "intake.secrets.json").values()]
    for service in SERVICES:
        ring = read(keys / f"{service}.ring.json")
        assert ring["current"] in {key["kid"] for key in ring["keys"]}
        drawn += [key["k"] for key in ring["keys"]]
    assert {len(base64.urlsafe_b64decode(text + "=")) for text in drawn} == {32}
    assert len(set(drawn)) == len(drawn)


def test_only_the_owner_may_look(keys: Path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in keys.rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (keys, keys / "bureaus")}
    assert (modes, folders) == ({0o600}, {0o700})


def test_made_again_nothing_changes(keys: Path) -> None:
    before = everything(keys)
    assert make(keys) == 0
    assert everything(keys) == before


def test_only_what_is_missing_is_added(keys: Path) -> None:
    (keys / "router.ring.json").unlink()
    (keys / "public.jwks.json").unlink()
    before = everything(keys)
    assert make(keys) == 2
    after = everything(keys)
    assert {path: after[path] for path in before} == before
    assert {jwk["kid"] for jwk in read(keys / "public.jwks.json")["keys"]} == HOLDERS


def test_a_lost_private_key_is_not_quietly_replaced(keys: Path) -> None:
    (keys / "router.private.jwks.json").unlink()
    with pytest.raises(KeysDisagree, match=r"router\.private\.jwks\.json is gone"):
        make(keys)


def test_a_public_key_of_another_pair_is_noticed(keys: Path, tmp_path: Path) -> None:
    make(tmp_path / "other")
    (tmp_path / "other" / "intake.private.jwks.json").replace(keys / "intake.private.jwks.json")
    with pytest.raises(KeysDisagree, match="different keys of intake"):
        make(keys)
