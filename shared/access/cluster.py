"""Reading and changing a cluster's access: the only use of the administrator's client.

The services' own Kafka client can neither list access rules nor create users; this one can, and is
used only here, by the cluster's operator.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kafka import errors
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    AlterConfigOp,
    ConfigResource,
    ConfigResourceType,
    ConfigSourceType,
    KafkaAdminClient,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialUpsertion,
)
from kafka.protocol.admin import AlterClientQuotasRequest, DescribeClientQuotasRequest

from shared.access.wanted import Binding, ClusterState, TopicShape
from shared.platform.kafka.kafka_options import kafka_options
from shared.platform.runtime.settings import KafkaSettings

MECHANISM = "SCRAM-SHA-512"
EVERYTHING_MATCHES = 2
"""Kafka's code for any value of this kind of entity."""
OVERRIDDEN = ConfigSourceType.DYNAMIC_TOPIC_CONFIG.name
"""The source of a setting that was made on the topic itself."""
BATCH = 200


class ClusterFault(Exception):
    """The cluster can't be reached, or refuses. Shows the kind of fault and Kafka's reason."""


class AdministeredCluster:
    """A cluster from its operator's view."""

    def __init__(self, client: KafkaAdminClient) -> None:
        self._client = client

    def standing(self, topics: Mapping[str, TopicShape]) -> ClusterState:
        """Read the current state; only of the topics in `topics`.

        Reads the settings named in `topics`, and all that were made on a topic itself. Access rules
        are read first: without the right to see them, that fails at once.
        """
        bindings = frozenset(self._bindings())
        return ClusterState(
            users=frozenset(self._client.describe_user_scram_credentials()),
            bindings=bindings,
            quotas=self._quotas(),
            topics=self._topics(topics),
        )

    def let_in(self, passwords: Mapping[str, str]) -> None:
        """Set these users' passwords. Raises: ClusterFault."""
        changes = [UserScramCredentialUpsertion(*parts) for parts in _credentials(passwords)]
        if not changes:
            return
        answered = self._client.alter_user_scram_credentials(changes)
        refused = {user: why for user, why in answered.items() if why}
        if refused:
            user, why = min(refused.items())
            raise ClusterFault(f"user {user} was refused: {why}")

    def allow(self, bindings: Iterable[Binding]) -> None:
        """Add these rules. Raises: ClusterFault."""
        rules = [_acl(binding) for binding in bindings]
        for at in range(0, len(rules), BATCH):
            failed = self._client.create_acls(rules[at : at + BATCH])["failed"]
            if failed:
                raise ClusterFault(f"{len(failed)} rules were refused: {failed[0].__name__}")

    def take_away(self, bindings: Iterable[Binding]) -> None:
        """Remove these rules. Raises: ClusterFault."""
        for binding, _, fault in self._client.delete_acls(
            [_exactly(binding) for binding in bindings]
        ):
            if fault is not errors.NoError:
                raise ClusterFault(f"a rule for {binding.principal} stays: {fault.__name__}")

    def limit(self, quotas: Mapping[str, Mapping[str, float | None]]) -> None:
        """Set quotas, and remove those without a value. Raises: ClusterFault."""
        entries = [
            (
                [("user", user)],
                [(name, value or 0.0, value is None) for name, value in values.items()],
            )
            for user, values in quotas.items()
        ]
        for entry in self._asked(AlterClientQuotasRequest(entries=entries)).entries:
            if entry.error_code:
                raise ClusterFault(f"a quota was refused: {entry.error_message}")

    def tell(self, configs: Mapping[str, Mapping[str, str | None]]) -> None:
        """Change topic settings; None: reset to the broker's default. Raises: ClusterFault."""
        changes = [
            ConfigResource(
                ConfigResourceType.TOPIC,
                name,
                {
                    key: (AlterConfigOp.DELETE if value is None else AlterConfigOp.SET, value)
                    for key, value in told.items()
                },
            )
            for name, told in configs.items()
        ]
        answered = self._client.alter_configs(changes).get("topic", {}) if changes else {}
        for name, result in answered.items():
            if result != "OK":
                raise ClusterFault(f"settings of topic {name} were refused: {result}")

    def _asked(self, request: Any) -> Any:
        """Send a request for which the client has no method; return the answer."""
        return self._client._manager.run(self._client._manager.send, request)  # noqa: SLF001 - the client's own way to send requests

    def _bindings(self) -> Iterator[Binding]:
        anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
        every = ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, anything)
        found, _ = self._client.describe_acls(every)
        return (_binding(acl) for acl in found)

    def _quotas(self) -> dict[str, dict[str, float]]:
        users = [("user", EVERYTHING_MATCHES, None)]
        answered = self._asked(DescribeClientQuotasRequest(components=users, strict=True))
        if answered.error_code:
            raise ClusterFault(f"quotas can't be read: {answered.error_message}")
        return {
            entry.entity[0].entity_name: {value.key: value.value for value in entry.values}
            for entry in answered.entries or ()
            if entry.entity[0].entity_name is not None
        }

    def _topics(self, wanted: Mapping[str, TopicShape]) -> dict[str, TopicShape]:
        there = sorted(wanted.keys() & set(self._client.list_topics()))
        if not there:
            return {}
        configs = self._client.describe_configs(
            [ConfigResource(ConfigResourceType.TOPIC, name) for name in there],
            config_filter="all",
        )["topic"]
        return {
            topic["name"]: TopicShape(
                partitions=len(topic["partitions"]),
                copies=len(topic["partitions"][0]["replica_nodes"]),
                configs={
                    key: entry["value"]
                    for key, entry in configs[topic["name"]].items()
                    if key in wanted[topic["name"]].configs or entry["config_source"] == OVERRIDDEN
                },
            )
            for topic in self._client.describe_topics(there)
        }


@contextmanager
def reached(settings: KafkaSettings) -> Iterator[AdministeredCluster]:
    """Connect to the cluster for the block. Raises: ClusterFault."""
    for client in ("kafka", "aiokafka"):
        logging.getLogger(client).setLevel(logging.CRITICAL)  # at DEBUG one of them logs passwords
    options = kafka_options(settings)
    del options["metadata_max_age_ms"]
    try:
        administrator = KafkaAdminClient(**options)
    except (errors.KafkaError, OSError) as fault:
        raise ClusterFault(f"not reached ({type(fault).__name__})") from None
    try:
        yield AdministeredCluster(administrator)
    except errors.KafkaError as fault:
        raise ClusterFault(f"refused ({type(fault).__name__})") from None
    finally:
        administrator.close()


def _credentials(passwords: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    return ((user, MECHANISM, password) for user, password in sorted(passwords.items()))


def _pattern(binding: Binding) -> tuple[ResourceType, str, ACLResourcePatternType]:
    kind = ACLResourcePatternType.PREFIXED if binding.is_prefix else ACLResourcePatternType.LITERAL
    return ResourceType[binding.resource.upper()], binding.name, kind


def _acl(binding: Binding) -> ACL:
    return ACL(*_rule(binding), ResourcePattern(*_pattern(binding)))


def _exactly(binding: Binding) -> ACLFilter:
    return ACLFilter(*_rule(binding), ResourcePatternFilter(*_pattern(binding)))


def _rule(binding: Binding) -> tuple[str, str, ACLOperation, ACLPermissionType]:
    kind = ACLPermissionType.DENY if binding.is_denial else ACLPermissionType.ALLOW
    return f"User:{binding.user}", binding.host, ACLOperation[binding.operation], kind


def _binding(acl: ACL) -> Binding:
    pattern = acl.resource_pattern
    return Binding(
        acl.principal.removeprefix("User:"),
        acl.operation.name,
        pattern.resource_type.name.lower(),
        pattern.resource_name,
        is_prefix=pattern.pattern_type is ACLResourcePatternType.PREFIXED,
        is_denial=acl.permission_type is ACLPermissionType.DENY,
        host=acl.host,
    )
