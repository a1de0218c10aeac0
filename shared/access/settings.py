"""Where are the cluster and the passwords of its users? Settings, read once and frozen.

Variables are `MAILBOX_ACCESS_<FIELD>`, or `MAILBOX_<FIELD>`. The user that they name may change
rules.
"""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.platform.runtime.settings import KafkaSettings


class AccessSettings(KafkaSettings):
    """What the command is told."""

    model_config = SettingsConfigDict(env_prefix="MAILBOX_ACCESS_")

    passwords_dir: Path | None = None
    """A folder with a file for each user that is to be let in, holding the password."""
    topics_replication: int = Field(default=3, ge=1, le=9)
    """How many copies of a topic the cluster can keep."""

    def password(self, user: str) -> str | None:
        """That user's password; none when nobody gave one."""
        if self.passwords_dir is None:
            return None
        try:
            return (self.passwords_dir / user).read_text(encoding="utf-8").strip() or None
        except OSError:
            return None
