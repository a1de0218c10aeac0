"""How is a cluster's access read and changed? The one door to the administrator's client.

The services' own Kafka client can neither list rules nor make users; this one can, and is used here
alone, by whoever operates the cluster.
"""

from __future__ import annotations

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
"""Kafka's code for: any value of this kind of entity."""
OVERRIDDEN = ConfigSourceType.DYNAMIC_TOPIC_CONFIG.name
"""Where a setting comes from that somebody has given the topic itself."""
BATCH = 200


class ClusterFault(Exception):
    """The cluster can't be reached, or refuses. Shows the kind of fault, and Kafka's reason."""


class AdministeredCluster:
    """A cluster, seen by its operator."""

    def __init__(self, client: KafkaAdminClient) -> None:
        self._client = client

    def standing(self, topics: Mapping[str, TopicShape]) -> ClusterState:
        """What stands there now; of topics only those of `topics`.

        Of their settings those that `topics` names, and all that were given to the topic itself.
        Rules are asked for first: without the right to see them, that is refused at once.
        """
        bindings = frozenset(self._bindings())
        return ClusterState(
            users=frozenset(self._client.describe_user_scram_credentials()),
            bindings=bindings,
            quotas=self._quotas(),
            topics=self._topics(topics),
        )

    def let_in(self, passwords: Mapping[str, str]) -> None:
        """Give these users these passwords. Raises: ClusterFault."""
        asked = [UserScramCredentialUpsertion(*one) for one in _credentials(passwords)]
        if not asked:
            return
        answered = self._client.alter_user_scram_credentials(asked)
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
        for binding, _, fault in self._client.delete_acls([_exactly(one) for one in bindings]):
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
        """Change what topics are told; none: back to the broker's own. Raises: ClusterFault."""
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
        """The answer to a request for which the client has no method of its own."""
        return self._client._manager.run(self._client._manager.send, request)  # noqa: SLF001 - its own way to ask

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
            entry.entity[0].entity_name: {one.key: one.value for one in entry.values}
            for entry in answered.entries or ()
            if entry.entity[0].entity_name is not None
        }

    def _topics(self, wanted: Mapping[str, TopicShape]) -> dict[str, TopicShape]:
        there = sorted(wanted.keys() & set(self._client.list_topics()))
        if not there:
            return {}
        told = self._client.describe_configs(
            [ConfigResource(ConfigResourceType.TOPIC, name) for name in there],
            config_filter="all",
        )["topic"]
        return {
            one["name"]: TopicShape(
                partitions=len(one["partitions"]),
                copies=len(one["partitions"][0]["replica_nodes"]),
                configs={
                    key: entry["value"]
                    for key, entry in told[one["name"]].items()
                    if key in wanted[one["name"]].configs or entry["config_source"] == OVERRIDDEN
                },
            )
            for one in self._client.describe_topics(there)
        }


@contextmanager
def reached(settings: KafkaSettings) -> Iterator[AdministeredCluster]:
    """The cluster, for the block. Raises: ClusterFault."""
    for client in ("kafka", "aiokafka"):
        logging.getLogger(client).setLevel(logging.CRITICAL)  # at DEBUG the one shows passwords
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
