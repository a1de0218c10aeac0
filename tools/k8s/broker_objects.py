"""The topics and users that Strimzi has to create, from the contract and `shared.access`.

The same data as `python -m shared.access` applies, in the form of `KafkaTopic` and `KafkaUser`:
rights are literal except for groups whose name ends in a dot, which Strimzi calls `prefix`.
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
    return [_topic(topic) for topic in contract.ALL if (topic.bureau is not None) is of_bureaus]


def users(*, of_bureaus: bool) -> list[Json]:
    """The users of the bureaus, or all others."""
    standing = wanted({topic.name: _shape(topic) for topic in contract.ALL})
    names = sorted(user for user in standing.users if user.startswith("bureau.") is of_bureaus)
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
    """One rule per resource, with all its operations."""
    found: dict[tuple[str, str, bool], list[str]] = {}
    for binding in sorted(bindings):
        operations = found.setdefault((binding.resource, binding.name, binding.is_prefix), [])
        operations.append(binding.operation.title().replace("_", ""))
    for (kind, name, is_prefix), operations in sorted(found.items()):
        pattern = "prefix" if is_prefix else "literal"
        yield {
            "resource": {"type": kind, "name": name, "patternType": pattern},
            "operations": operations,
        }


def _object(kind: str, name: str) -> Json:
    labels = {"strimzi.io/cluster": CLUSTER, "app.kubernetes.io/part-of": "mailbox"}
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name, "labels": labels}}
