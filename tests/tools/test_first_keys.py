"""Services accept the keys of a new installation, and nobody else can read them."""

import stat
from pathlib import Path

import pytest

from shared.contracts.vocabulary import SERVICES
from shared.platform.crypto.key_ring import BlindIndex, KeyRing
from shared.platform.crypto.key_sets import opener_in
from tools.first_keys import main
from tools.k8s.secrets import BY_HAND


@pytest.mark.parametrize("alg", ["A256GCM", "SM4GCM"])
def test_each_service_takes_its_keys(alg: str, tmp_path: Path) -> None:
    assert main([str(tmp_path / "keys"), "--alg", alg]) == 0
    for service in SERVICES:
        folder = tmp_path / "keys" / f"{service}-keys"
        assert {file.name for file in folder.iterdir()} == BY_HAND[f"{service}-keys"]
        assert KeyRing.load(folder / f"{service}.ring.json").current.startswith(f"{service}-")
        opener_in(folder / f"{service}.private.jwks.json")
    BlindIndex.load(tmp_path / "keys" / "intake-keys" / "intake.secrets.json")


def test_only_the_owner_can_read_them_and_no_secret_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 0
    for file in tmp_path.rglob("*.json"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    said = capsys.readouterr().out
    assert said.count("fingerprint") == len(SERVICES)
    assert '"d"' not in said


def test_what_is_there_is_never_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 0
    before = {file: file.read_bytes() for file in tmp_path.rglob("*.json")}
    assert main([str(tmp_path)]) == 1
    assert "first_keys: File exists" in capsys.readouterr().err
    assert before == {file: file.read_bytes() for file in tmp_path.rglob("*.json")}
