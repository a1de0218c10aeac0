"""The options of Kafka clients, derived from the settings."""

from typing import Any

from shared.platform.runtime.settings import KafkaSettings
from shared.platform.runtime.tls import client_context

DEV_METADATA_MS = 3_000
METADATA_MS = 300_000


def kafka_options(settings: KafkaSettings) -> dict[str, Any]:
    """Keyword arguments for every client of the broker."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap,
        "security_protocol": settings.kafka_security,
        "metadata_max_age_ms": settings.kafka_metadata_ms
        or (DEV_METADATA_MS if settings.is_development else METADATA_MS),
    }
    if settings.kafka_security in {"SSL", "SASL_SSL"}:
        options["ssl_context"] = client_context(
            ca_file=settings.kafka_ca_file,
            cert_file=settings.kafka_cert_file,
            key_file=settings.kafka_key_file,
        )
    if settings.kafka_security.startswith("SASL") and settings.kafka_password is not None:
        options["sasl_mechanism"] = settings.kafka_sasl_mechanism
        options["sasl_plain_username"] = settings.kafka_username
        options["sasl_plain_password"] = settings.kafka_password.get_secret_value()
    return options


def producer_options(settings: KafkaSettings) -> dict[str, Any]:
    """Further keyword arguments for a producer."""
    return {
        "enable_idempotence": settings.kafka_idempotent,
        "linger_ms": settings.kafka_linger_ms,
    }


def consumer_options(settings: KafkaSettings) -> dict[str, Any]:
    """Further keyword arguments for a consumer in a group."""
    return {
        "session_timeout_ms": settings.kafka_session_ms,
        "heartbeat_interval_ms": settings.kafka_heartbeat_ms,
        "group_instance_id": settings.kafka_instance,
    }
