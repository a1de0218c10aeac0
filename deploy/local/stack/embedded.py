"""The embedded broker and database, installed from wheels alone, so that only Python is needed.

The broker keeps everything in memory and supports neither passwords nor idempotent producers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.stack.paths import StackPaths
from deploy.local.stack.plan import Child, Done, Tcp, module
from deploy.local.stack.ports import LOOPBACK, Ports
from deploy.local.stack.servers import broker_program

DATABASE_CACHE = "256M"
"""Memory of the database's page cache: a number with K, M or G."""
DATABASE_ARENAS = "2"
"""Heaps (malloc arenas) of the database process. By default each of its many threads may get its
own, and memory that one frees can't be used by others: after 2,310 letters 768 MB were held that
way, 400 MB with two arenas."""


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
        """Return the engines installed here. Raises: ServersMissing."""
        return cls(place, ports, broker_program(place), database_cache)

    def prepare(self) -> None:
        """Make the folders that the servers write into."""
        for folder in (self.place.data / "mongo", self.place.home):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def forget(self) -> None:
        """Do nothing: the broker keeps nothing on disk."""

    def servers(self) -> tuple[Child, ...]:
        """Return broker and database."""
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
        """Return the child that creates the topics; there are no users or ACLs."""
        return Child(
            "topics",
            module("shared.platform.app.topic_bootstrap"),
            Done(),
            tier=1,
            needs_broker=True,
            grace_s=1.0,
        )

    def settings(self) -> Mapping[str, str]:
        """Return the settings of a client: no encryption, since the broker offers none."""
        return {
            "MAILBOX_KAFKA_BOOTSTRAP": f"{LOOPBACK}:{self.ports.kafka}",
            "MAILBOX_KAFKA_IDEMPOTENT": "false",
        }

    def own(self, principal: str) -> Mapping[str, str]:
        """Return nothing: there are no passwords."""
        return {}


def database(place: StackPaths, ports: Ports, *, cache: str) -> Child:
    """Return the embedded database, which keeps its data on disk; `cache` as DATABASE_CACHE."""
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
