"""Settings of intake."""

from collections.abc import Mapping
from datetime import time
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict
from typing_extensions import override

from shared.platform.runtime.issuer_settings import (
    BrowserClient,
    CitizenIssuerSettings,
    IssuerSettings,
    Side,
)
from shared.platform.runtime.setting_checks import ReadableFile, is_production, refuse
from shared.platform.runtime.settings import ServiceSettings


class IntakeSettings(CitizenIssuerSettings, ServiceSettings):
    """Variables are `MAILBOX_INTAKE_<FIELD>`; what all services have may be `MAILBOX_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="MAILBOX_INTAKE_")

    database: str = Field(default="mailbox_intake", pattern=r"^[a-z][a-z0-9_]{0,62}$")
    http_port: int = Field(default=8081, ge=1, le=65_535)
    most_unsent: int = Field(default=10_000, ge=1, le=1_000_000)
    """With so many letters waiting for the broker, new ones are refused until it is back."""
    files: str | None = Field(default=None, pattern=r"^(file:///|s3://)[^/\s?#][^\s?#]*$")
    """Where files of writers are kept, sealed: `file:///folder` or `s3://bucket/prefix` (key and
    endpoint by `AWS_...`); in development alone, none: a folder beside that of the keys."""
    scanner: str | None = Field(default=None, pattern=r"^(none|[\w.\-]+:\d{1,5})$")
    """clamd's `host:port`, or `none`: files are handed out unscanned; only in development may it be
    left out, and is then `none`."""
    stations_file: Path | None = None
    """File of police stations; without it, writers are not sent to a station by name."""
    notices_dir: Path | None = None
    """Folder with your own notice to letter-writers, a file `<version>.yaml` for each version."""
    retention_file: Path | None = None
    """File with your own retention periods, instead of `shared/data/retention.yaml`."""
    frontends_file: ReadableFile | None = None
    """The registered frontends, in the form of `shared/data/frontends.yaml`; none: in development
    that file, else nobody is registered and no browser on another site may call the API."""
    office_opens: time = time(9)
    """From when letters are read on working days; time of Guangdong."""
    office_closes: time = time(17, 30)
    """Until when letters are read on working days."""
    trusted_proxies: str = ""
    """Networks of proxies whose `X-Forwarded-For` is believed, such as `10.0.0.0/8,fd00::/8`."""
    limits_file: ReadableFile | None = None
    """How often persons, addresses and networks may send something, in the form of
    `shared/data/request_limits.yaml`; none: that file."""
    limits_factor: int = Field(default=1, ge=1, le=1_000_000)
    """Times the amounts of that file, such as 1000 where few people send much for a test."""
    neutral_url: str = Field(default="https://www.weather.com.cn/", pattern=r"^https?://[^\s@]+$")
    """Where writers go who leave the mailbox in haste; nothing there tells of it."""
    flood_alike: int = Field(default=20, ge=2, le=10_000)
    """So many near-duplicate letters in an hour are a flood."""
    flood_from_one_network: int = Field(default=60, ge=2, le=100_000)
    """So many letters in ten minutes from one network are a flood."""
    flood_of_emergencies: int = Field(default=5, ge=2, le=10_000)
    """So many diversions of one writer in ten minutes are a flood."""

    @property
    @override
    def issuers(self) -> Mapping[Side, IssuerSettings]:
        """The issuers whose tokens this service checks, by side."""
        return {"staff": self.staff, "citizens": self.citizens}

    @property
    @override
    def browser_clients(self) -> Mapping[Side, BrowserClient | None]:
        """This service as a client of both issuers."""
        return {"staff": self.staff_client, "citizens": self.citizen_client}

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of trusted proxies."""
        return _networks(self.trusted_proxies)

    @property
    def files_address(self) -> str:
        """Where files are kept."""
        return self.files or f"file://{self.keys_dir.absolute().parent / 'files'}"

    @field_validator("files", "scanner")
    @classmethod
    def _chosen_in_production(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and is_production(info):
            refuse("must be set outside MAILBOX_ENV=dev")
        return value

    @field_validator("scanner")
    @classmethod
    def _has_a_port(cls, address: str | None) -> str | None:
        port = (address or "none").rpartition(":")[2]
        if port != "none" and not 1 <= int(port) <= 65_535:
            refuse("must end with a port from 1 to 65535, or be `none`")
        return address

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        _networks(text)
        return text


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Raises: ValueError."""
    return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())
