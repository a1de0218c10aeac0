"""Secrets come from files as well as from variables, and no error shows their content."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from services.router.settings import RouterSettings
from shared.audit.settings import AuditSettings
from shared.platform.runtime.secret_files import MOST_BYTES
from shared.platform.runtime.settings import load

PASSWORD = "seeded-pa55word"
URI = f"mongodb://mailbox:{PASSWORD}@127.0.0.1:27017/"

Put = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of mounted secrets; other settings are in the environment."""
    for name in [name for name in os.environ if name.startswith("MAILBOX_")]:
        monkeypatch.delenv(name)
    mounted = tmp_path / "secrets"
    mounted.mkdir()
    for name, value in {
        "ENV": "dev",
        "KAFKA_BOOTSTRAP": "kafka-0.kafka:9093",
        "KAFKA_SECURITY": "SASL_PLAINTEXT",
        "KAFKA_USERNAME": "router",
        "STAFF_ISSUER": "https://id.example.cn",
        "STAFF_AUDIENCE": "mailbox",
        "STAFF_JWKS_URL": "https://id.example.cn/jwks.json",
        "KEYS_DIR": str(tmp_path),
        "SECRETS_DIR": str(mounted),
    }.items():
        monkeypatch.setenv(f"MAILBOX_{name}", value)
    return mounted


@pytest.fixture
def put(folder: Path) -> Put:
    """Mounts files; names without their `MAILBOX_`."""

    def write(**files: str | bytes) -> None:
        for name, said in files.items():
            octets = said if isinstance(said, bytes) else said.encode()
            (folder / f"MAILBOX_{name}").write_bytes(octets)

    return write


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        load(RouterSettings)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert PASSWORD not in said
    return said


def test_secrets_are_read_from_files_without_the_line_that_ends_them(put: Put) -> None:
    put(MONGO_URI=f"{URI}\n", KAFKA_PASSWORD=f" {PASSWORD}\n")
    settings = load(RouterSettings)
    assert settings.mongo_uri.get_secret_value() == URI
    assert settings.kafka_password is not None
    assert settings.kafka_password.get_secret_value() == PASSWORD


def test_a_services_own_file_goes_before_the_shared_one(put: Put) -> None:
    put(MONGO_URI=URI, ROUTER_MONGO_URI=f"{URI}own", KAFKA_PASSWORD=PASSWORD)
    assert load(RouterSettings).mongo_uri.get_secret_value() == f"{URI}own"


def test_the_environment_goes_before_files(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    put(ROUTER_MONGO_URI=URI, KAFKA_PASSWORD=PASSWORD)
    monkeypatch.setenv("MAILBOX_MONGO_URI", f"{URI}set")
    assert load(RouterSettings).mongo_uri.get_secret_value() == f"{URI}set"


def test_a_service_may_have_a_folder_of_its_own(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(MONGO_URI=URI, KAFKA_PASSWORD=PASSWORD)
    (tmp_path / "MAILBOX_MONGO_URI").write_text(f"{URI}own")
    (tmp_path / "MAILBOX_KAFKA_PASSWORD").write_text(PASSWORD)
    monkeypatch.setenv("MAILBOX_ROUTER_SECRETS_DIR", str(tmp_path))
    assert load(RouterSettings).mongo_uri.get_secret_value() == f"{URI}own"


def test_the_audit_reads_its_four_databases_from_files(put: Put) -> None:
    uris = {f"AUDIT_{name}_URI": URI for name in ("INTAKE", "ROUTER", "NOTIFIER", "PUBLISHER")}
    put(KAFKA_PASSWORD=PASSWORD, **uris)
    assert load(AuditSettings).publisher_uri.get_secret_value() == URI


def test_an_empty_file_says_nothing(put: Put, capsys: pytest.CaptureFixture[str]) -> None:
    put(MONGO_URI="\n", KAFKA_PASSWORD=PASSWORD)
    assert refusal(capsys) == "MAILBOX_MONGO_URI is not set.\n"


@pytest.mark.parametrize(
    "said",
    [b"\xff" + PASSWORD.encode(), (PASSWORD * MOST_BYTES).encode()],
    ids=["no text", "too long"],
)
def test_a_file_that_cannot_be_used_is_named_and_not_shown(
    said: bytes, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    put(MONGO_URI=said, KAFKA_PASSWORD=PASSWORD)
    assert refusal(capsys) == "MAILBOX_MONGO_URI cannot be read.\n"


def test_a_folder_or_a_broken_link_in_the_place_of_a_file_is_named(
    put: Put, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(KAFKA_PASSWORD=PASSWORD)
    (folder / "MAILBOX_MONGO_URI").mkdir()
    assert refusal(capsys) == "MAILBOX_MONGO_URI cannot be read.\n"
    (folder / "MAILBOX_MONGO_URI").rmdir()
    (folder / "MAILBOX_MONGO_URI").symlink_to(folder / "gone")
    assert refusal(capsys) == "MAILBOX_MONGO_URI cannot be read.\n"


def test_what_a_file_says_is_judged_as_a_variable_is(
    put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    put(MONGO_URI=f"http://{PASSWORD}", KAFKA_PASSWORD=PASSWORD)
    assert refusal(capsys) == "MAILBOX_MONGO_URI must begin with mongodb:// or mongodb+srv://.\n"


def test_a_folder_that_is_not_there_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAILBOX_SECRETS_DIR", str(folder / "gone"))
    assert "MAILBOX_SECRETS_DIR must name a folder that exists.\n" in refusal(capsys)
