"""What the notifier is told at start, as `MAILBOX_NOTIFIER_*`."""

from datetime import time
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from shared.platform.runtime.settings import ServiceSettings


class NotifierSettings(ServiceSettings):
    """The notifier's dials besides those of every service."""

    model_config = SettingsConfigDict(env_prefix="MAILBOX_NOTIFIER_")

    database: str = "mailbox_notifier"
    http_port: int = 8083
    gateway_url: str = Field(pattern=r"^https?://[^\s@]+$")
    """Where messages to writers are posted: the gateway's address, without `/messages`."""
    gateway_timeout_s: float = Field(default=5.0, gt=0, le=60)
    mailbox_url: str = Field(default="http://127.0.0.1:8081", pattern=r"^https?://[^\s@]+$")
    """Where writers sign in to read; it stands in the messages."""
    desk_url: str = Field(default="http://127.0.0.1:8082", pattern=r"^https?://[^\s@]+$")
    """Where desks of bureaus and of the province sign in; it stands in what they are told."""
    duty_url: str = Field(default="http://127.0.0.1:8081/duty", pattern=r"^https?://[^\s@]+$")
    """Where the duty desk signs in; it stands in calls."""
    editors_url: str = Field(default="http://127.0.0.1:8084", pattern=r"^https?://[^\s@]+$")
    """Where editors sign in; it stands in what they are told."""
    quiet_from: time = time(21)
    """From then on only the duty desk is sent anything; time of Guangdong."""
    quiet_until: time = time(9)
    """And until then. The same as `quiet_from`: there are no quiet hours."""
    fire_pause_s: float = Field(default=0.5, gt=0, le=30)
    """Between two looks at the clocks; a level must be proposed within a minute of its instant."""
    deliver_pause_s: float = Field(default=0.5, gt=0, le=60)

    @field_validator("gateway_url", "mailbox_url", "desk_url", "duty_url", "editors_url")
    @classmethod
    def _encrypted(cls, address: str, info: ValidationInfo) -> str:
        if info.data.get("env") != "dev" and urlsplit(address).scheme != "https":
            raise ValueError("https only outside development")
        return address.rstrip("/")
