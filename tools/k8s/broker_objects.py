"""Which topics and users does Strimzi have to make? The contract's, as `shared.access` says. Pure.

The same data that `python -m shared.access` makes a cluster by, in the words of `KafkaTopic` and
`KafkaUser`: rights are literal but for groups whose name ends in a dot, and Strimzi's own word for
that is `prefix`.
"""

from collections.abc import Iterable, Iterator, Mapping

from shared.access.wanted import Binding, TopicShape, wanted
from shared.contracts import topics as contract
from shared.platform.app.topic_bootstrap import configs, copies
from tools.k8s.place import CLUSTER, Json

API = "kafka.strimzi.io/v1"
COPIES = 3
QUOTAS = {
    "producer_byte_rate": "producerByteRate",
    "consumer_byte_rate": "consumerByteRate",
    "request_percentage": "requestPercentage",
}


def topics(*, of_bureaus: bool) -> list[Json]:
    """The topics of the bureaus, or all others."""
    return [_topic(one) for one in contract.ALL if (one.bureau is not None) is of_bureaus]


def users(*, of_bureaus: bool) -> list[Json]:
    """Who may sign in: the bureaus, or all others."""
    standing = wanted({one.name: _shape(one) for one in contract.ALL})
    names = sorted(one for one in standing.users if one.startswith("bureau.") is of_bureaus)
    return [
        _user(name, (b for b in standing.bindings if b.user == name), standing.quotas.get(name, {}))
        for name in names
    ]


def _shape(topic: contract.Topic) -> TopicShape:
    return TopicShape(
        topic.partitions,
        copies(topic, replication=COPIES),
        configs(topic, replication=COPIES),
    )


def _topic(topic: contract.Topic) -> Json:
    shape = _shape(topic)
    return _object("KafkaTopic", topic.name) | {
        "spec": {
            "partitions": shape.partitions,
            "replicas": shape.copies,
            "config": dict(shape.configs),
        }
    }


def _user(name: str, bindings: Iterable[Binding], quotas: Mapping[str, float]) -> Json:
    made = _object("KafkaUser", name) | {
        "spec": {
            "authentication": {"type": "scram-sha-512"},
            "authorization": {"type": "simple", "acls": list(_acls(bindings))},
        }
    }
    if quotas:
        made["spec"]["quotas"] = {QUOTAS[key]: int(value) for key, value in quotas.items()}
    return made


def _acls(bindings: Iterable[Binding]) -> Iterator[Json]:
    """One rule for each resource, with all that may be done there."""
    found: dict[tuple[str, str, bool], list[str]] = {}
    for one in sorted(bindings):
        operations = found.setdefault((one.resource, one.name, one.is_prefix), [])
        operations.append(one.operation.title().replace("_", ""))
    for (kind, name, is_prefix), operations in sorted(found.items()):
        pattern = "prefix" if is_prefix else "literal"
        yield {
            "resource": {"type": kind, "name": name, "patternType": pattern},
            "operations": operations,
        }


def _object(kind: str, name: str) -> Json:
    labels = {"strimzi.io/cluster": CLUSTER, "app.kubernetes.io/part-of": "mailbox"}
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name, "labels": labels}}
