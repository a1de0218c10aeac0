"""The embedded broker and database: from wheels alone, so that a machine needs nothing but Python.

The broker keeps everything in memory and knows neither passwords nor idempotent producers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.stack.paths import StackPaths
from deploy.local.stack.plan import Child, Done, Tcp, module
from deploy.local.stack.ports import LOOPBACK, Ports
from deploy.local.stack.servers import broker_program

DATABASE_CACHE = "256M"
"""Memory that the database may fill with pages: K, M or G bytes."""
DATABASE_ARENAS = "2"
"""Heaps of the C library in the database. By default each of its many threads may get one, and what
one frees the others can't use: after 2,310 letters 768 MB were held with them, 400 with two."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """The engines of a stack in `place`; `program` is the broker's."""

    place: StackPaths
    ports: Ports
    program: Path
    database_cache: str = DATABASE_CACHE
    forgets: bool = True
    brokers: int = 1

    @classmethod
    def of(
        cls, place: StackPaths, ports: Ports, *, database_cache: str = DATABASE_CACHE
    ) -> "Embedded":
        """Those installed here. Raises: ServersMissing."""
        return cls(place, ports, broker_program(place), database_cache)

    def prepare(self) -> None:
        """Make the folders that the servers write into."""
        for folder in (self.place.data / "mongo", self.place.home):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def forget(self) -> None:
        """Nothing to be done: the broker keeps nothing on disk."""

    def servers(self) -> tuple[Child, ...]:
        """Broker and database."""
        listen = f"tcp://{LOOPBACK}:{self.ports.kafka}"
        broker = Child(
            "broker",
            (
                *(str(self.program), "broker", "--silent", "--storage-engine", "memory://tansu/"),
                *("--listener-url", listen, "--advertised-listener-url", listen),
            ),
            Tcp(self.ports.kafka),
            tier=0,
            port_name="kafka",
            settings={"HOME": str(self.place.home)},
        )
        return broker, database(self.place, self.ports, cache=self.database_cache)

    def topics(self) -> Child:
        """Topic bootstrap alone: there is nobody to let in."""
        return Child(
            "topics",
            module("shared.platform.app.topic_bootstrap"),
            Done(),
            tier=1,
            needs_broker=True,
            grace_s=1.0,
        )

    def settings(self) -> Mapping[str, str]:
        """In clear, since nothing else is offered."""
        return {
            "MAILBOX_KAFKA_BOOTSTRAP": f"{LOOPBACK}:{self.ports.kafka}",
            "MAILBOX_KAFKA_IDEMPOTENT": "false",
        }

    def own(self, principal: str) -> Mapping[str, str]:
        """Nothing."""
        return {}


def database(place: StackPaths, ports: Ports, *, cache: str) -> Child:
    """The embedded database, which keeps its data on disk. `cache`: as DATABASE_CACHE."""
    return Child(
        "database",
        (
            *(str(place.servers_python), "-m", "secantus", "--standalone"),
            *("--host", LOOPBACK, "--port", str(ports.mongo), "--log-level", "WARNING"),
            *("--storage-path", str(place.data / "mongo"), "--cache-size", cache),
        ),
        Tcp(ports.mongo),
        tier=0,
        port_name="mongo",
        settings={"HOME": str(place.home), "MALLOC_ARENA_MAX": DATABASE_ARENAS},
    )
