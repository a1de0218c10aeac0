"""What intake may be told from outside."""

from datetime import time
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.platform.settings import ServiceSettings


class IntakeSettings(ServiceSettings):
    """Variables are `MAILBOX_INTAKE_<FIELD>`; what all services have may be `MAILBOX_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="MAILBOX_INTAKE_")

    database: str = Field(default="mailbox_intake", pattern=r"^[a-z][a-z0-9_]{0,62}$")
    http_port: int = Field(default=8081, ge=1, le=65_535)
    most_unsent: int = Field(default=10_000, ge=1, le=1_000_000)
    """With so many letters waiting for the broker, no new one is taken in until it is back."""
    stations_file: Path | None = None
    """Police stations as an operator knows them; none: writers are sent to none by name."""
    office_opens: time = time(9)
    office_closes: time = time(17, 30)
    """Between them, on working days, somebody is there who reads letters; times of Guangdong."""
