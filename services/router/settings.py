"""What the router may be told from outside."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.platform.runtime.settings import ServiceSettings


class RouterSettings(ServiceSettings):
    """Variables are `MAILBOX_ROUTER_<FIELD>`; what all services have may be `MAILBOX_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="MAILBOX_ROUTER_")

    database: str = Field(default="mailbox_router", pattern=r"^[a-z][a-z0-9_]{0,62}$")
    http_port: int = Field(default=8082, ge=1, le=65_535)
    count_pause_s: float = Field(default=15.0, gt=0, le=600)
    """Seconds between counts of the open letters."""
