"""The notifier's settings, read once at start from `MAILBOX_NOTIFIER_*`."""

import ssl
from datetime import time
from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from shared.platform.http.request_signature import LEAST_SECRET
from shared.platform.runtime.rotating_secret import LEAST_TOKEN, BadSecret, read_secret
from shared.platform.runtime.setting_checks import Address, ReadableFile, is_production, refuse
from shared.platform.runtime.settings import ServiceSettings
from shared.platform.runtime.tls import client_context


class NotifierSettings(ServiceSettings):
    """The notifier's settings, besides those of every service."""

    model_config = SettingsConfigDict(env_prefix="MAILBOX_NOTIFIER_")

    database: str = "mailbox_notifier"
    http_port: int = 8083
    gateway_url: Address
    """The gateway's address, without `/messages`."""
    gateway_timeout_s: float = Field(default=5.0, gt=0, le=60)
    gateway_ca_file: ReadableFile | None = None
    """CA certificates to verify the gateway's certificate, PEM; none: those of the system."""
    gateway_cert_file: ReadableFile | None = None
    """A client certificate for the gateway, PEM; a new one needs a restart."""
    gateway_key_file: Path | None = None
    """That certificate's private key, PEM, without a password."""
    gateway_token_file: Path | None = None
    """A bearer token for the gateway, read for each message. Required outside development, unless
    there is a client certificate.
    """
    gateway_signing_secret_file: Path | None = None
    """The secret that signs messages, read for each message; required outside development."""
    mailbox_url: Address = "http://127.0.0.1:8081"
    """Where writers sign in; part of messages to them."""
    desk_url: Address = "http://127.0.0.1:8082"
    """Where desks of bureaus and of the province sign in; part of messages to them."""
    duty_url: Address = "http://127.0.0.1:8081/duty"
    """Where the duty desk signs in; part of calls to it."""
    editors_url: Address = "http://127.0.0.1:8084"
    """Where editors sign in; part of messages to them."""
    quiet_from: time = time(21)
    """When quiet hours begin, in Guangdong time; then only the duty desk is called."""
    quiet_until: time = time(9)
    """When quiet hours end. The same as `quiet_from`: no quiet hours."""
    fire_pause_s: float = Field(default=0.5, gt=0, le=30)
    """Pause between checks for due levels; a level must be proposed within a minute."""
    deliver_pause_s: float = Field(default=0.5, gt=0, le=60)

    @field_validator("gateway_key_file")
    @classmethod
    def _fits_its_certificate(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        ca_file, cert_file = info.data.get("gateway_ca_file"), info.data.get("gateway_cert_file")
        if file is not None and info.data.get("gateway_cert_file", file) is None:
            refuse("is given without MAILBOX_NOTIFIER_GATEWAY_CERT_FILE")
        try:
            client_context(ca_file=ca_file, cert_file=cert_file, key_file=file)
        except (OSError, ssl.SSLError):
            refuse("must name the private key of MAILBOX_NOTIFIER_GATEWAY_CERT_FILE, both in PEM")
        return file

    @field_validator("gateway_token_file")
    @classmethod
    def _given_without_certificate(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is not None:
            return _checked_secret(file, at_least=LEAST_TOKEN)
        if is_production(info) and info.data.get("gateway_cert_file") is None:
            refuse(
                "is needed outside MAILBOX_ENV=dev, or else MAILBOX_NOTIFIER_GATEWAY_CERT_FILE"
                " and MAILBOX_NOTIFIER_GATEWAY_KEY_FILE"
            )
        return None

    @field_validator("gateway_signing_secret_file")
    @classmethod
    def _given(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is not None:
            return _checked_secret(file, at_least=LEAST_SECRET)
        if is_production(info):
            refuse("is needed outside MAILBOX_ENV=dev")
        return None

    @field_validator("gateway_url", "mailbox_url", "desk_url", "duty_url", "editors_url")
    @classmethod
    def _without_slash(cls, address: str) -> str:
        return address.rstrip("/")


def _checked_secret(file: Path, *, at_least: int) -> Path:
    try:
        read_secret(file, at_least=at_least)
    except BadSecret as fault:
        refuse(str(fault))
    return file
