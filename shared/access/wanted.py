"""The required state of a cluster: the contract's topics, rights and quotas in Kafka's terms.

A right to a topic is literal. A right to groups is by prefix if the prefix ends in a dot, so that
slugs with a common beginning don't open each other's groups, and literal for a service's only
group.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.contracts import topics as contract
from shared.contracts.topics import Operation, Right

NO_QUOTA: Mapping[str, float] = {}


@dataclass(frozen=True, order=True, slots=True)
class Binding:
    """One access rule."""

    user: str
    operation: str
    """In Kafka's terms, such as `READ`."""
    resource: str
    """`topic` or `group`; in rules by others also another kind."""
    name: str
    is_prefix: bool = False
    is_denial: bool = False
    host: str = "*"

    def __str__(self) -> str:
        pattern = f"{self.name}*" if self.is_prefix else self.name
        denial = " denied" if self.is_denial else ""
        host = "" if self.host == "*" else f" from {self.host}"
        return f"{self.user}: {self.operation} {self.resource} {pattern}{denial}{host}"


@dataclass(frozen=True, slots=True)
class TopicShape:
    """Partitions, copies and settings of a topic."""

    partitions: int
    copies: int
    configs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ClusterState:
    """The state of a cluster, actual or required."""

    users: frozenset[str]
    """Users with a password."""
    bindings: frozenset[Binding]
    quotas: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By user, in Kafka's terms."""
    topics: Mapping[str, TopicShape] = field(default_factory=dict)


def wanted(topics: Mapping[str, TopicShape]) -> ClusterState:
    """The state required by the contract; `topics`: their layout in this cluster."""
    users = {contract.user_of(principal): principal for principal in contract.principals()}
    quotas = {user: _quota(principal) for user, principal in users.items()}
    return ClusterState(
        users=frozenset(users),
        bindings=frozenset(binding for right in contract.rights() for binding in _bindings(right)),
        quotas={user: quota for user, quota in quotas.items() if quota},
        topics=topics,
    )


def concerns_us(binding: Binding) -> bool:
    """Whether a rule affects our topics or groups; other rules are not our concern."""
    users = map(contract.user_of, contract.principals())
    if binding.user in users or binding.name == "*":
        return True
    if binding.resource == "topic":
        ours = tuple(contract.BY_NAME)
    elif binding.resource == "group":
        ours = tuple(map(contract.group_prefix, contract.principals()))
    else:
        return False
    return any(_covers(binding, name) for name in ours)


def _covers(binding: Binding, name: str) -> bool:
    if binding.is_prefix:
        return name.startswith(binding.name) or binding.name.startswith(name)
    return binding.name == name or (name.endswith(".") and binding.name.startswith(name))


_IN_KAFKA: Mapping[Operation, tuple[str, ...]] = {
    "read": ("READ",),
    "write": ("WRITE",),
    "create": ("CREATE", "DESCRIBE"),
    "group": ("READ",),
    "describe": ("DESCRIBE",),
    "settings": ("DESCRIBE_CONFIGS",),
}
"""`READ` and `WRITE` imply `DESCRIBE`; an idempotent producer needs nothing else."""


def _bindings(right: Right) -> tuple[Binding, ...]:
    is_of_topic = right.resource in contract.BY_NAME
    return tuple(
        Binding(
            contract.user_of(right.principal),
            operation,
            "topic" if is_of_topic else "group",
            right.resource,
            is_prefix=not is_of_topic and right.resource.endswith("."),
        )
        for operation in _IN_KAFKA[right.operation]
    )


def _quota(principal: str) -> Mapping[str, float]:
    quota = contract.quota(principal)
    if quota is None:
        return NO_QUOTA
    return {
        "producer_byte_rate": float(quota.produced_bytes),
        "consumer_byte_rate": float(quota.consumed_bytes),
        "request_percentage": float(quota.request_percent),
    }
