"""Settings of the access command: the cluster, and the passwords of its users; frozen.

Variables are `MAILBOX_ACCESS_<FIELD>`, or `MAILBOX_<FIELD>`. Their user needs the right to change
access rules.
"""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.platform.runtime.settings import KafkaSettings


class AccessSettings(KafkaSettings):
    """How the command reaches the cluster, and where it finds passwords."""

    model_config = SettingsConfigDict(env_prefix="MAILBOX_ACCESS_")

    passwords_dir: Path | None = None
    """A folder with a file per user, containing the password."""
    topics_replication: int = Field(default=3, ge=1, le=9)
    """How many copies of a topic the cluster can keep."""

    def password(self, user: str) -> str | None:
        """That user's password; None if it was not provided."""
        if self.passwords_dir is None:
            return None
        try:
            return (self.passwords_dir / user).read_text(encoding="utf-8").strip() or None
        except OSError:
            return None
