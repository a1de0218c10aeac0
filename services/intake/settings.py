"""Settings of intake."""

from collections.abc import Mapping
from datetime import time
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict
from typing_extensions import override

from shared.platform.runtime.issuer_settings import CitizenIssuerSettings, IssuerSettings, Side
from shared.platform.runtime.settings import ServiceSettings


class IntakeSettings(CitizenIssuerSettings, ServiceSettings):
    """Variables are `MAILBOX_INTAKE_<FIELD>`; what all services have may be `MAILBOX_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="MAILBOX_INTAKE_")

    database: str = Field(default="mailbox_intake", pattern=r"^[a-z][a-z0-9_]{0,62}$")
    http_port: int = Field(default=8081, ge=1, le=65_535)
    most_unsent: int = Field(default=10_000, ge=1, le=1_000_000)
    """With so many letters waiting for the broker, new ones are refused until it is back."""
    stations_file: Path | None = None
    """File of police stations; without it, writers are not sent to a station by name."""
    notices_dir: Path | None = None
    """Folder with your own notice to letter-writers, a file `<version>.yaml` for each version."""
    office_opens: time = time(9)
    """From when letters are read on working days; time of Guangdong."""
    office_closes: time = time(17, 30)
    """Until when letters are read on working days."""
    trusted_proxies: str = ""
    """Networks of proxies whose `X-Forwarded-For` is believed, such as `10.0.0.0/8,fd00::/8`."""
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
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of trusted proxies."""
        return _networks(self.trusted_proxies)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        _networks(text)
        return text


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Raises: ValueError."""
    return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())
