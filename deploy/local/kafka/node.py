"""The `server.properties` of one local broker, which is also a controller.

Clients connect by TLS and SCRAM, or with a certificate that maps to the same principal; brokers and
controllers authenticate each other by certificate. Whoever has no ACL has no right, and topics are
never created automatically.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.kafka.certificates import BROKER, Certificates
from deploy.local.kafka.passwords import ADMIN
from deploy.local.stack.ports import LOOPBACK

CLUSTER_ID = "bWFpbGJveC1sb2NhbC1rYQ"
"""Sixteen octets in Kafka's encoding; the same for every local cluster."""


@dataclass(frozen=True, slots=True)
class NodePorts:
    """Ports of one broker, on loopback."""

    clients: int
    """For clients with a password."""
    certified: int
    """For clients with a certificate."""
    brokers: int
    controllers: int


def properties(
    number: int, cluster: tuple[NodePorts, ...], *, folder: Path, certificates: Certificates
) -> dict[str, str]:
    """Return the `server.properties` of broker `number` (from 1), with its data in `folder`."""
    copies = str(len(cluster))
    in_sync = str(min(2, len(cluster)))
    return {
        "process.roles": "broker,controller",
        "node.id": str(number),
        "log.dirs": str(folder / "data"),
        **_listeners(number, cluster),
        **_entry(certificates),
        "auto.create.topics.enable": "false",
        "default.replication.factor": copies,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": copies,
        "offsets.topic.num.partitions": "8",
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": in_sync,
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": in_sync,
        # # short, because tests wait for takeovers and people for the first message
        "group.min.session.timeout.ms": "1000",
        "group.initial.rebalance.delay.ms": "0",
        "controlled.shutdown.enable": "true",
        "log.retention.check.interval.ms": "60000",
    }


def text(properties: Mapping[str, str]) -> str:
    """Return the properties in Java's file format."""
    return "".join(f"{name}={value}\n" for name, value in properties.items())


def _listeners(number: int, cluster: tuple[NodePorts, ...]) -> dict[str, str]:
    own = cluster[number - 1]
    ports = {
        "CLIENTS": own.clients,
        "CERTIFIED": own.certified,
        "BROKERS": own.brokers,
        "CONTROLLERS": own.controllers,
    }
    listeners = ",".join(f"{name}://{LOOPBACK}:{port}" for name, port in ports.items())
    voters = [f"{at}@{LOOPBACK}:{each.controllers}" for at, each in enumerate(cluster, start=1)]
    return {
        "controller.quorum.voters": ",".join(voters),
        "controller.listener.names": "CONTROLLERS",
        "inter.broker.listener.name": "BROKERS",
        "listeners": listeners,
        "advertised.listeners": listeners,
        "listener.security.protocol.map": (
            "CLIENTS:SASL_SSL,CERTIFIED:SSL,BROKERS:SSL,CONTROLLERS:SSL"
        ),
    }


def _entry(certificates: Certificates) -> dict[str, str]:
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(certificates.broker),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificates.authority),
        "listener.name.certified.ssl.client.auth": "required",
        "listener.name.certified.ssl.principal.mapping.rules": "RULE:^CN=(.*)$/$1/",
        "listener.name.brokers.ssl.client.auth": "required",
        "listener.name.controllers.ssl.client.auth": "required",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.clients.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.clients.scram-sha-512.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "false",
        "super.users": f"User:CN={BROKER};User:{ADMIN}",
    }
