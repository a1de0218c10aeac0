"""Outside development the notifier needs gateway credentials, and names the missing setting."""

from pathlib import Path

import pytest

from services.notifier.settings import NotifierSettings
from shared.platform.runtime.settings import load

SEED = "seed-4417"
TOKEN = f"{SEED}-kestrel-ondrivaux"
SECRET = f"{SEED}-an-example-secret-of-forty-characters"
PREFIX = "MAILBOX_NOTIFIER_GATEWAY_"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a token and a secret, and an environment with both settings."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    (tmp_path / "offices.yaml").write_text("")
    for name, value in {
        "MAILBOX_KAFKA_BOOTSTRAP": "kafka:9093",
        "MAILBOX_KAFKA_SECURITY": "SSL",
        "MAILBOX_MONGO_URI": "mongodb://mongo",
        "MAILBOX_STAFF_ISSUER": "https://id.example",
        "MAILBOX_STAFF_AUDIENCE": "mailbox",
        "MAILBOX_STAFF_JWKS_URL": "https://id.example/jwks.json",
        "MAILBOX_KEYS_DIR": str(tmp_path),
        "MAILBOX_OFFICES_FILE": str(tmp_path / "offices.yaml"),
        **{f"MAILBOX_NOTIFIER_{address}_URL": "https://a.example" for address in URLS},
        f"{PREFIX}TOKEN_FILE": str(tmp_path / "token"),
        f"{PREFIX}SIGNING_SECRET_FILE": str(tmp_path / "secret"),
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path


URLS = ("GATEWAY", "MAILBOX", "DESK", "DUTY", "EDITORS")


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    """The message when it doesn't start, which never shows a secret."""
    with pytest.raises(SystemExit):
        load(NotifierSettings)
    said = capsys.readouterr().err
    assert SEED not in said
    return said


def test_with_token_and_secret_it_starts_and_shows_neither(files: Path) -> None:
    settings = load(NotifierSettings)
    assert settings.gateway_token_file == files / "token"
    assert SEED not in repr(settings)


@pytest.mark.parametrize("setting", ["TOKEN_FILE", "SIGNING_SECRET_FILE"])
def test_outside_development_each_is_needed(
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    setting: str,
) -> None:
    assert files.is_dir()
    monkeypatch.delenv(f"{PREFIX}{setting}")
    assert refusal(capsys).startswith(f"{PREFIX}{setting} is needed outside MAILBOX_ENV=dev")
    monkeypatch.setenv("MAILBOX_ENV", "dev")
    assert load(NotifierSettings).env == "dev"


@pytest.mark.parametrize("env", ["dev", "prod"])
@pytest.mark.parametrize("content", [None, "", "seed-4417", "seed-4417 with a blank in each of it"])
@pytest.mark.parametrize("name", ["token", "secret"])
def test_a_file_that_holds_none_is_refused_everywhere(
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    env: str,
    content: str | None,
    name: str,
) -> None:
    monkeypatch.setenv("MAILBOX_ENV", env)
    if content is None:
        (files / name).unlink()
    else:
        (files / name).write_text(content)
    setting = {"token": "TOKEN_FILE", "secret": "SIGNING_SECRET_FILE"}[name]
    assert refusal(capsys).startswith(f"{PREFIX}{setting} must name a file ")


@pytest.mark.parametrize("setting", ["CERT_FILE", "KEY_FILE"])
def test_a_certificate_without_its_key_and_a_key_alone_are_refused(
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    setting: str,
) -> None:
    monkeypatch.setenv(f"{PREFIX}{setting}", str(files / "token"))
    assert refusal(capsys).startswith(f"{PREFIX}KEY_FILE ")
