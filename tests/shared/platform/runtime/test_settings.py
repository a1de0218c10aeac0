"""Faults in settings end the start with a sentence that names the variable and hides the value."""

import inspect
import os
import shutil
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.platform.kafka.kafka_options import consumer_options, kafka_options, producer_options
from shared.platform.runtime.data_files import OFFICES
from shared.platform.runtime.setting_checks import DEV_ISSUER_MARK
from shared.platform.runtime.settings import KafkaSettings, ServiceSettings, load

PASSWORD = "seeded-pa55word"
URI = f"mongodb://mailbox:{PASSWORD}@127.0.0.1:27017/"

Set = Callable[..., None]


class IntakeSettings(ServiceSettings):
    """Settings of a service."""

    model_config = SettingsConfigDict(env_prefix="MAILBOX_INTAKE_")

    http_port: int = 8081
    database: str = "mailbox_intake"
    letters_a_day: int
    limits: dict[str, int] = Field(default_factory=dict)


@pytest.fixture
def set_(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Set:
    """Sets variables on top of a complete production environment; None takes one away."""
    for name in [name for name in os.environ if name.startswith("MAILBOX_")]:
        monkeypatch.delenv(name)
    complete = {
        "KAFKA_BOOTSTRAP": "kafka-0.kafka:9093,kafka-1.kafka:9093",
        "KAFKA_SECURITY": "SASL_SSL",
        "KAFKA_USERNAME": "intake",
        "KAFKA_PASSWORD": PASSWORD,
        "MONGO_URI": URI,
        "STAFF_ISSUER": "https://id.example.cn",
        "STAFF_AUDIENCE": "mailbox",
        "STAFF_JWKS_URL": "https://id.example.cn/jwks.json",
        "KEYS_DIR": str(tmp_path),
        "OFFICES_FILE": str(shutil.copy(OFFICES, tmp_path / "of-the-operator.yaml")),
        "INTAKE_LETTERS_A_DAY": "5",
    }

    def change(values: Mapping[str, str | None]) -> None:
        for name, value in values.items():
            if value is None:
                monkeypatch.delenv(f"MAILBOX_{name}", raising=False)
            else:
                monkeypatch.setenv(f"MAILBOX_{name}", value)

    change(complete)
    return lambda **values: change(values)


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        load(IntakeSettings)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert not said.out
    assert PASSWORD not in said.err
    return said.err


def test_a_complete_environment_is_read(set_: Set) -> None:
    set_(INTAKE_HTTP_PORT="9000", INTAKE_LOG_LEVEL="DEBUG", LOG_LEVEL="ERROR", HTTP_PORT="9001")
    settings = load(IntakeSettings)
    assert (settings.env, settings.is_development) == ("prod", False)
    assert settings.http_port == 9000
    assert settings.log_level == "DEBUG"
    assert settings.http_host == "127.0.0.1"
    assert settings.letters_a_day == 5
    assert settings.mongo_uri.get_secret_value() == URI


def test_the_shared_variable_counts_where_the_own_is_not_set(set_: Set) -> None:
    set_(LOG_LEVEL="ERROR", INTAKE_STAFF_AUDIENCE="intake-only")
    settings = load(IntakeSettings)
    assert settings.log_level == "ERROR"
    assert settings.staff_audience == "intake-only"


def test_settings_are_frozen_and_show_no_secret(set_: Set) -> None:
    settings = load(IntakeSettings)
    with pytest.raises(ValueError, match="frozen"):
        settings.http_port = 1  # type: ignore[misc]  # that it is refused is the point
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert PASSWORD not in shown


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("KAFKA_BOOTSTRAP", None, "MAILBOX_KAFKA_BOOTSTRAP is not set.\n"),
        ("MONGO_URI", None, "MAILBOX_MONGO_URI is not set.\n"),
        ("MONGO_URI", "", "MAILBOX_MONGO_URI is not set.\n"),
        ("INTAKE_LETTERS_A_DAY", None, "MAILBOX_INTAKE_LETTERS_A_DAY is not set.\n"),
        (
            "MONGO_URI",
            f"http://{PASSWORD}",
            "MAILBOX_MONGO_URI must begin with mongodb:// or mongodb+srv://.\n",
        ),
        (
            "KAFKA_SECURITY",
            "PLAINTEXT",
            "MAILBOX_KAFKA_SECURITY must be SASL_SSL or SSL outside MAILBOX_ENV=dev.\n",
        ),
        (
            "KAFKA_SECURITY",
            "SASL_PLAINTEXT",
            "MAILBOX_KAFKA_SECURITY must be SASL_SSL or SSL outside MAILBOX_ENV=dev.\n",
        ),
        (
            "KAFKA_SECURITY",
            None,
            "MAILBOX_KAFKA_SECURITY must be SASL_SSL or SSL outside MAILBOX_ENV=dev.\n",
        ),
        (
            "KAFKA_PASSWORD",
            None,
            "MAILBOX_KAFKA_PASSWORD is needed when MAILBOX_KAFKA_SECURITY says SASL.\n",
        ),
        (
            "KAFKA_CA_FILE",
            f"/{PASSWORD}",
            "MAILBOX_KAFKA_CA_FILE must name a file that can be read.\n",
        ),
        (
            "CALENDAR_OVERRIDES",
            f"/{PASSWORD}",
            "MAILBOX_CALENDAR_OVERRIDES must name a file that can be read.\n",
        ),
        (
            "POLICIES_DIR",
            f"/{PASSWORD}",
            "MAILBOX_POLICIES_DIR must name a folder that exists.\n",
        ),
        (
            "KAFKA_HEARTBEAT_MS",
            "20000",
            "MAILBOX_KAFKA_HEARTBEAT_MS must be at most a third of MAILBOX_KAFKA_SESSION_MS.\n",
        ),
        (
            "STAFF_ISSUER",
            "http://id.example.cn",
            "MAILBOX_STAFF_ISSUER must be an https:// address outside MAILBOX_ENV=dev.\n",
        ),
        (
            "STAFF_JWKS_URL",
            "http://id.example.cn/jwks.json",
            "MAILBOX_STAFF_JWKS_URL must be an https:// address outside MAILBOX_ENV=dev.\n",
        ),
        (
            "STAFF_ISSUER",
            f"https://id.example.cn/{DEV_ISSUER_MARK.upper()}",
            (
                "MAILBOX_STAFF_ISSUER names the development issuer, "
                "which is refused outside MAILBOX_ENV=dev.\n"
            ),
        ),
        ("KEYS_DIR", f"/{PASSWORD}", "MAILBOX_KEYS_DIR must name a folder that exists.\n"),
        (
            "OFFICES_FILE",
            None,
            "MAILBOX_OFFICES_FILE must name the operator's own file outside MAILBOX_ENV=dev.\n",
        ),
        (
            "OFFICES_FILE",
            f"/{PASSWORD}",
            "MAILBOX_OFFICES_FILE must name a file that can be read.\n",
        ),
        ("INTAKE_LIMITS", PASSWORD, "MAILBOX_INTAKE_LIMITS cannot be read.\n"),
    ],
)
def test_what_is_missing_or_refused_is_said_in_a_sentence(
    set_: Set,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str | None,
    sentence: str,
) -> None:
    set_(**{name: value})
    assert refusal(capsys) == sentence


@pytest.mark.parametrize(
    "name",
    ["HTTP_PORT", "INTAKE_HTTP_PORT", "LOG_LEVEL", "ENV", "KAFKA_BOOTSTRAP", "STAFF_JWKS_URL"],
)
def test_an_invalid_value_is_not_repeated(
    set_: Set, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    set_(**{name: PASSWORD})
    said = refusal(capsys)
    expected = "INTAKE_HTTP_PORT" if name == "HTTP_PORT" else name
    assert f"MAILBOX_{name} is not valid: " in said or f"MAILBOX_{expected} is not valid: " in said


def test_every_fault_is_said(set_: Set, capsys: pytest.CaptureFixture[str]) -> None:
    set_(KAFKA_BOOTSTRAP=None, MONGO_URI=None)
    assert len(refusal(capsys).splitlines()) == 2


def test_development_lets_through_what_production_refuses(set_: Set) -> None:
    set_(
        ENV="dev",
        KAFKA_SECURITY=None,
        STAFF_ISSUER=f"http://127.0.0.1:8090/{DEV_ISSUER_MARK}",
        STAFF_JWKS_URL="http://127.0.0.1:8090/jwks.json",
    )
    settings = load(IntakeSettings)
    assert settings.is_development
    assert kafka_options(settings) == {
        "bootstrap_servers": "kafka-0.kafka:9093,kafka-1.kafka:9093",
        "security_protocol": "PLAINTEXT",
        "metadata_max_age_ms": 3_000,
    }


def test_in_production_the_broker_is_reached_by_tls_and_password(set_: Set) -> None:
    options = kafka_options(load(IntakeSettings))
    context = options.pop("ssl_context")
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert options == {
        "bootstrap_servers": "kafka-0.kafka:9093,kafka-1.kafka:9093",
        "security_protocol": "SASL_SSL",
        "metadata_max_age_ms": 300_000,
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "intake",
        "sasl_plain_password": PASSWORD,
    }


def test_producers_and_consumers_get_what_is_set(set_: Set) -> None:
    set_(KAFKA_IDEMPOTENT="false", KAFKA_SESSION_MS="3000", KAFKA_HEARTBEAT_MS="300")
    settings = load(KafkaSettings)
    assert producer_options(settings) == {"enable_idempotence": False, "linger_ms": 5}
    assert consumer_options(settings) == {
        "session_timeout_ms": 3_000,
        "heartbeat_interval_ms": 300,
        "group_instance_id": None,
    }


@pytest.mark.parametrize(
    ("client", "options"),
    [
        (AIOKafkaProducer, (kafka_options, producer_options)),
        (AIOKafkaConsumer, (kafka_options, consumer_options)),
        (AIOKafkaAdminClient, (kafka_options,)),
    ],
)
def test_the_kafka_client_knows_every_option(
    set_: Set, client: type[Any], options: tuple[Callable[[KafkaSettings], dict[str, Any]], ...]
) -> None:
    settings = load(IntakeSettings)
    given = {name for each in options for name in each(settings)}
    assert given <= inspect.signature(client.__init__).parameters.keys()
