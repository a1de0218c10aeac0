"""Apache Kafka and the fast database as the stack's engines, with real ACLs and encryption."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from deploy.local.kafka import node, passwords
from deploy.local.kafka.broker import FORGET
from deploy.local.kafka.certificates import Certificates
from deploy.local.kafka.node import NodePorts
from deploy.local.kafka.passwords import ADMIN
from deploy.local.stack import embedded
from deploy.local.stack.paths import StackPaths
from deploy.local.stack.plan import Child, Done, Tcp, module
from deploy.local.stack.ports import LOOPBACK, Ports, draw
from deploy.local.stack.private_files import write_private
from shared.contracts.topics import principals, user_of

MOST_BROKERS = 3
PORTS_FILE = "ports.json"
PORTS = len(fields(NodePorts))


@dataclass(frozen=True, slots=True)
class LocalCluster:
    """The engines of a stack in `place`."""

    place: StackPaths
    ports: Ports
    nodes: tuple[NodePorts, ...]
    database_cache: str = embedded.DATABASE_CACHE
    forgets: bool = False

    @classmethod
    def of(
        cls,
        place: StackPaths,
        ports: Ports,
        *,
        brokers: int,
        database_cache: str = embedded.DATABASE_CACHE,
    ) -> "LocalCluster":
        """Return a cluster with `brokers` brokers, on the same ports as before, else on free ones.

        The first broker listens for clients on the port of the stack's settings.
        """
        kept = _kept_ports(place.kafka / PORTS_FILE)
        if len(kept) != brokers or kept[0].clients != ports.kafka:
            drawn = draw(PORTS * brokers)
            kept = tuple(NodePorts(*drawn[at : at + PORTS]) for at in range(0, len(drawn), PORTS))
            kept = (replace(kept[0], clients=ports.kafka), *kept[1:])
        return cls(place, ports, kept, database_cache)

    @property
    def brokers(self) -> int:
        """Number of brokers."""
        return len(self.nodes)

    @property
    def certificates(self) -> Certificates:
        """The cluster's certificates."""
        return Certificates(self.place.keys / "kafka")

    @property
    def passwords(self) -> Path:
        """The folder with all users' passwords."""
        return self.place.keys / "kafka" / "passwords"

    def prepare(self) -> None:
        """Write what brokers and their users need; existing keys and passwords stay as they are."""
        for each in (self.place.kafka, self.place.data / "fast"):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        embedded.Embedded(self.place, self.ports, Path()).prepare()
        passwords.make(self.passwords, [ADMIN, *map(user_of, principals())])
        self.certificates.make()
        ports = [list(asdict(each).values()) for each in self.nodes]
        write_private(self.place.kafka / PORTS_FILE, json.dumps(ports).encode())
        for number in range(1, self.brokers + 1):
            folder = self._folder(number)
            folder.mkdir(mode=0o700, exist_ok=True)
            properties = node.properties(
                number, self.nodes, folder=folder, certificates=self.certificates
            )
            write_private(folder / "server.properties", node.text(properties).encode())

    def forget(self) -> None:
        """Make each broker start without data next time, as if its disk were new."""
        for number in range(1, self.brokers + 1):
            (self._folder(number) / FORGET).touch()

    def servers(self) -> tuple[Child, ...]:
        """Return the brokers and the database."""
        nodes = [self._broker(number, ports) for number, ports in enumerate(self.nodes, start=1)]
        return (*nodes, self._database())

    def topics(self) -> Child:
        """Return the child that applies users, ACLs, quotas and topics."""
        return Child(
            "topics",
            module("shared.access", "apply"),
            Done(),
            tier=1,
            settings={
                **self._signed_in_as(ADMIN),
                "MAILBOX_ACCESS_PASSWORDS_DIR": str(self.passwords),
            },
        )

    def settings(self) -> Mapping[str, str]:
        """Return the settings of a client: TLS and the brokers' addresses."""
        addresses = [f"{LOOPBACK}:{each.clients}" for each in self.nodes]
        return {
            "MAILBOX_KAFKA_BOOTSTRAP": ",".join(addresses),
            "MAILBOX_KAFKA_SECURITY": "SASL_SSL",
            "MAILBOX_KAFKA_CA_FILE": str(self.certificates.authority),
        }

    def own(self, principal: str) -> Mapping[str, str]:
        """Return the principal's password, or for `bureaus` the folder of all passwords."""
        if principal == "bureaus":
            return {"MAILBOX_KAFKA_PASSWORDS_DIR": str(self.passwords)}
        return self._signed_in_as(user_of(principal))

    def _signed_in_as(self, user: str) -> dict[str, str]:
        path = self.passwords / user
        password = passwords.read(self.passwords, user) if path.exists() else ""
        return {"MAILBOX_KAFKA_USERNAME": user, "MAILBOX_KAFKA_PASSWORD": password}

    def _folder(self, number: int) -> Path:
        return self.place.kafka / f"broker-{number}"

    def _broker(self, number: int, ports: NodePorts) -> Child:
        jars, folder = str(self.place.engines / "jars"), str(self._folder(number))
        return Child(
            "broker" if number == 1 else f"broker-{number}",
            module("deploy.local.kafka.broker", jars, folder, str(self.passwords / ADMIN)),
            Tcp(ports.clients),
            tier=0,
            port_name="kafka" if number == 1 else "",
            grace_s=20.0,
        )

    def _database(self) -> Child:
        """Return the fast server if it was built, else the embedded one.

        The fast server needs `--sync-on-commit`: without it, it loses on a kill up to a minute of
        writes that it had acknowledged as journalled.
        """
        child = embedded.database(self.place, self.ports, cache=self.database_cache)
        if not self.place.fast_database.exists():
            return child
        return replace(
            child,
            command=(
                *(str(self.place.fast_database), "--standalone", "--sync-on-commit"),
                *("--log-level", "WARNING"),
                *("--host", LOOPBACK, "--port", str(self.ports.mongo)),
                *("--storage-path", str(self.place.data / "fast")),
            ),
        )


def _kept_ports(path: Path) -> tuple[NodePorts, ...]:
    try:
        return tuple(NodePorts(*map(int, each)) for each in json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return ()
