"""What must stand in the cluster? The contract's topics, rights and quotas in Kafka's words. Pure.

A right to a topic is literal. A right to groups is by prefix for whoever's prefix ends in a dot, so
that slugs that begin alike don't open each other, and literal for a service's one group.
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
    """In Kafka's words, such as `READ`."""
    resource: str
    """`topic` or `group`; of what others made, also another kind."""
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
    """How a topic is laid out."""

    partitions: int
    copies: int
    configs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ClusterState:
    """What stands in a cluster, or should."""

    users: frozenset[str]
    """Who has a password."""
    bindings: frozenset[Binding]
    quotas: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By user, in Kafka's words."""
    topics: Mapping[str, TopicShape] = field(default_factory=dict)


def wanted(topics: Mapping[str, TopicShape]) -> ClusterState:
    """What the contract asks for; `topics`: how its topics are laid out in this cluster."""
    users = {contract.user_of(principal): principal for principal in contract.principals()}
    quotas = {user: _quota(principal) for user, principal in users.items()}
    return ClusterState(
        users=frozenset(users),
        bindings=frozenset(one for right in contract.rights() for one in _bindings(right)),
        quotas={user: quota for user, quota in quotas.items() if quota},
        topics=topics,
    )


def concerns_us(binding: Binding) -> bool:
    """Whether a rule opens or shuts something of ours: what others do elsewhere is their affair."""
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
"""`READ` and `WRITE` bring `DESCRIBE` with them; a producer needs nothing else to be idempotent."""


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
