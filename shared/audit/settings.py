"""The audit's settings: four databases and the broker, read once and frozen.

Variables are `MAILBOX_AUDIT_<FIELD>`. Every user named here needs read access and nothing else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.audit.reading import Archive
from shared.contracts.vocabulary import SERVICES, Service
from shared.platform.app.shell import LETTERS, LOG, PARKED
from shared.platform.mongo.database import Database
from shared.platform.runtime.setting_checks import DatabaseUri
from shared.platform.runtime.settings import KafkaSettings

PATIENCE_MS = 120_000
"""An audit is not interactive: a database may be slow to answer the handshake."""
NAME = r"^[a-z][a-z0-9_]{0,62}$"


class AuditSettings(KafkaSettings):
    """How the audit reaches the four databases and the broker."""

    model_config = SettingsConfigDict(env_prefix="MAILBOX_AUDIT_")

    intake_uri: DatabaseUri
    router_uri: DatabaseUri
    notifier_uri: DatabaseUri
    publisher_uri: DatabaseUri
    intake_database: str = Field(default="mailbox_intake", pattern=NAME)
    router_database: str = Field(default="mailbox_router", pattern=NAME)
    notifier_database: str = Field(default="mailbox_notifier", pattern=NAME)
    publisher_database: str = Field(default="mailbox_publisher", pattern=NAME)

    retention_file: Path | None = None
    """File with your own retention periods, as intake has it."""

    def database(self, service: Service) -> Database:
        """That service's database, with this user's rights."""
        uri: SecretStr = getattr(self, f"{service}_uri")
        name: str = getattr(self, f"{service}_database")
        return Database(uri.get_secret_value(), name, hello_timeout_ms=PATIENCE_MS)


COUNTS: Final = "daily_counts"
"""The publisher's collection of signed counts."""


@contextmanager
def archives(settings: AuditSettings) -> Iterator[tuple[Archive, ...]]:
    """Open the collections of all four services for the block."""
    databases = {service: settings.database(service) for service in SERVICES}
    try:
        yield tuple(
            Archive(
                service,
                letters=database.collection(LETTERS),
                moved=database.collection(LOG),
                parked=database.collection(PARKED),
                counts=database.collection(COUNTS) if service == "publisher" else None,
            )
            for service, database in databases.items()
        )
    finally:
        for database in databases.values():
            database.close()
