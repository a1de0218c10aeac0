"""Where files are kept and what scans them: an operator's explicit choice outside development."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.files import storage
from services.intake.settings import IntakeSettings
from tests.support.sign_in import issuers


def settings(folder: Path, **given: Any) -> IntakeSettings:
    """Settings of development, unless they are said to be of production."""
    return IntakeSettings.model_validate(
        {
            "env": "dev",
            "kafka_bootstrap": "127.0.0.1:1",
            "mongo_uri": "mongodb://127.0.0.1:1",
            **issuers("https://id.example.cn"),
            "keys_dir": folder,
            **given,
        }
    )


def faults(folder: Path, **given: Any) -> set[str]:
    """The fields that are refused."""
    with pytest.raises(ValidationError) as refused:
        settings(folder, **given)
    return {str(error["loc"][0]) for error in refused.value.errors()}


@pytest.mark.parametrize(
    "address",
    [
        "/srv/files",
        "file://host/files",
        "file:///",
        "ftp://x/y",
        "https://x/y",
        "s3://",
        "s3://a b",
    ],
)
def test_only_a_folder_or_a_bucket_holds_files(tmp_path: Path, address: str) -> None:
    assert "files" in faults(tmp_path, files=address)


@pytest.mark.parametrize(
    "scanner",
    [
        "off",
        "None",
        "clamd",
        "clamd:",
        ":3310",
        "clamd:99999999",
        "clamd:0",
        "clamd:65536",
        "a b:1",
    ],
)
def test_only_an_address_or_none_is_a_scanner(tmp_path: Path, scanner: str) -> None:
    assert "scanner" in faults(tmp_path, scanner=scanner)


def test_both_are_chosen_in_production_and_defaults_are_for_development(tmp_path: Path) -> None:
    assert {"files", "scanner"} <= faults(tmp_path, env="prod")
    keys = tmp_path / "keys"
    keys.mkdir()
    found = settings(keys)
    assert found.files_address == f"file://{tmp_path}/files"
    assert found.scanner is None
    given = settings(tmp_path, files="s3://bucket/prefix", scanner="clamd.clamd.svc:3310")
    assert given.files_address == "s3://bucket/prefix"


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    storage.opened(f"file://{tmp_path}/one%20more/files")
    made = tmp_path / "one more" / "files"
    assert made.stat().st_mode & 0o777 == 0o700


def test_a_bucket_is_opened_without_asking_it() -> None:
    assert "bucket" in str(storage.opened("s3://bucket/prefix"))
