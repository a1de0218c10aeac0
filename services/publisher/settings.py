"""What the publisher is told at start, as `MAILBOX_PUBLISHER_*`."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.platform.runtime.settings import ServiceSettings


class PublisherSettings(ServiceSettings):
    """The publisher's dials besides those of every service."""

    model_config = SettingsConfigDict(env_prefix="MAILBOX_PUBLISHER_")

    database: str = "mailbox_publisher"
    http_port: int = 8084
    count_pause_s: float = Field(default=15.0, gt=0, le=600)
    """Between two counts of the drafts that wait."""
    figures_pause_s: float = Field(default=60.0, gt=0, le=86_400)
    """Between two counts of all letters, which may take a twentieth of the time at most."""
