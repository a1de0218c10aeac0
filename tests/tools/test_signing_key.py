"""The next signing key is added beside the others, and bad files and times change nothing."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.platform.crypto.signing_keys import EVER, SigningKeys, new_signing_key, verify
from tools.signing_key import main

NEXT_YEAR = "2027-01-01T00:00:00+08:00"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "intake.receipts.private.jwks.json"
    key = new_signing_key("receipts-1", "mailbox.example", begins=EVER)
    path.write_text(json.dumps({"keys": [key]}))
    return path


def test_the_next_key_signs_from_its_time_on(file: Path) -> None:
    before = SigningKeys.load(file)
    old = before.sign({"at": "2026-12-01T00:00:00Z"}, at=datetime(2026, 12, 1, tzinfo=UTC))
    assert main([str(file), "--begins", NEXT_YEAR]) == 0
    keys = SigningKeys.load(file)
    verify(old, keys.public_keys(), at="at")
    assert keys.sign({}, at=datetime(2026, 12, 1, tzinfo=UTC))["kid"] == "receipts-1"
    assert keys.sign({}, at=datetime(2027, 1, 1, tzinfo=UTC))["kid"] != "receipts-1"
    assert {one["iss"] for one in keys.public_keys()["keys"]} == {"mailbox.example"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("begins", ["soon", "2027-01-01T00:00:00", "1969-01-01T00:00:00Z", ""])
def test_a_bad_time_changes_nothing(
    file: Path, begins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = file.read_bytes()
    assert main([str(file), "--begins", begins]) == 1
    assert "signing_key: " in capsys.readouterr().err
    assert file.read_bytes() == before


def test_a_file_of_other_keys_is_refused(tmp_path: Path) -> None:
    for content in ("{", "{}", '{"keys": [{"kty": "EC"}]}'):
        (tmp_path / "keys.json").write_text(content)
        assert main([str(tmp_path / "keys.json"), "--begins", NEXT_YEAR]) == 1
    assert main([str(tmp_path / "missing.json"), "--begins", NEXT_YEAR]) == 1
