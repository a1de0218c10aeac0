"""Rules that broker and services agree on topics, users, groups and addresses."""

from collections.abc import Callable, Iterator

from shared.contracts.topics import BY_NAME, SCALER, group_prefix
from shared.contracts.vocabulary import SERVICES
from tools.k8s import broker_objects
from tools.k8s.objects import Pod, Rendered, title
from tools.k8s.place import CLUSTER, USER_SECRET_PREFIX, Json
from tools.k8s.programs import given, shared

Look = Callable[[Json], object]
USERNAME, ADDRESS = "MAILBOX_KAFKA_USERNAME", "MAILBOX_KAFKA_BOOTSTRAP"
REPLICATION = "MAILBOX_TOPICS_REPLICATION"


def topics(rendered: Rendered) -> Iterator[str]:
    """Each topic of the contract exists as specified, and no other."""
    wanted = [*broker_objects.topics(of_bureaus=False), *broker_objects.topics(of_bureaus=True)]
    yield from _compared(rendered.of("KafkaTopic"), wanted, _layout)


def users(rendered: Rendered) -> Iterator[str]:
    """Each principal of the contract exists with its rights and quota, and no other."""
    wanted = [*broker_objects.users(of_bureaus=False), *broker_objects.users(of_bureaus=True)]
    yield from _compared(rendered.of("KafkaUser"), wanted, lambda user: user["spec"])


def signed_in(rendered: Rendered) -> Iterator[str]:
    """Each process signs in as an existing user, with that user's password."""
    for pod in rendered.pods():
        for container in pod.containers:
            user = given(container).get(USERNAME)
            if user is None:
                continue
            if user not in rendered.names("KafkaUser"):
                yield f"{pod.name}: user {user} is not there"
            if f"{USER_SECRET_PREFIX}{user}" not in _projected(pod):
                yield f"{pod.name}: has not the password of {user}"


def addresses(rendered: Rendered) -> Iterator[str]:
    """Everybody uses the cluster's bootstrap service at the internal listener."""
    wanted = {
        f"{one['metadata']['name']}-kafka-bootstrap:{listener['port']}"
        for one in rendered.of("Kafka")
        for listener in one["spec"]["kafka"]["listeners"]
        if listener["type"] == "internal" and listener["tls"]
    }
    for pod in rendered.pods():
        for container in pod.containers:
            asked = shared(container, rendered).get(ADDRESS)
            if asked is not None and asked not in wanted:
                yield f"{pod.name}: {asked} is no address of the broker"
    for one, trigger in _triggers(rendered):
        if trigger["metadata"].get("bootstrapServers") not in wanted:
            yield f"{title(one)}: asks a broker that is not there"


def replication(rendered: Rendered) -> Iterator[str]:
    """No topic has more copies than there are brokers, and topic bootstrap gets the same number."""
    brokers = sum(
        one["spec"]["replicas"]
        for one in rendered.of("KafkaNodePool")
        if "broker" in one["spec"]["roles"]
    )
    for one in rendered.of("KafkaTopic"):
        if one["spec"]["replicas"] != min(brokers, broker_objects.COPIES):
            yield f"{title(one)}: {one['spec']['replicas']} copies on {brokers} brokers"
    for one in rendered.of("ConfigMap"):
        told = one.get("data", {}).get(REPLICATION)
        if told is not None and told != str(min(brokers, broker_objects.COPIES)):
            yield f"{title(one)}: {REPLICATION}={told} with {brokers} brokers"


def scaled(rendered: Rendered) -> Iterator[str]:
    """Autoscaling uses the lag of the service's own group, on a topic that it reads."""
    for one, trigger in _triggers(rendered):
        target, metadata = one["spec"]["scaleTargetRef"]["name"], trigger["metadata"]
        if target not in SERVICES or metadata.get("consumerGroup") != group_prefix(target):
            yield f"{title(one)}: group {metadata.get('consumerGroup')} is not that of {target}"
        topic = metadata.get("topic")
        if topic is not None and target not in getattr(BY_NAME.get(topic), "readers", ()):
            yield f"{title(one)}: {target} does not read {topic}"
        if trigger["authenticationRef"]["name"] not in rendered.names("TriggerAuthentication"):
            yield f"{title(one)}: signs in by nothing that is there"
        if metadata.get("offsetResetPolicy") != "earliest":
            yield f"{title(one)}: begins elsewhere than our consumers"


def scaler_signs_in(rendered: Rendered) -> Iterator[str]:
    """The autoscaler signs in as the user that reads no record, with that user's password."""
    for one in rendered.of("TriggerAuthentication"):
        named = {
            ref["parameter"]: (ref["name"], ref["key"])
            for kind in ("configMapTargetRef", "secretTargetRef")
            for ref in one["spec"].get(kind, ())
        }
        name, key = named["username"]
        users = [
            each["data"].get(key)
            for each in rendered.of("ConfigMap")
            if each["metadata"]["name"] == name
        ]
        if users != [SCALER]:
            yield f"{title(one)}: signs in as {users}, not as {SCALER}"
        if named["password"][0] != f"{USER_SECRET_PREFIX}{SCALER}":
            yield f"{title(one)}: has not the password of {SCALER}"


def _triggers(rendered: Rendered) -> Iterator[tuple[Json, Json]]:
    for one in rendered.of("ScaledObject"):
        for trigger in one["spec"]["triggers"]:
            if trigger["type"] == "kafka":
                yield one, trigger


def _compared(found: list[Json], wanted: list[Json], look: Look) -> Iterator[str]:
    """Compare existing objects with the required ones, by name and by what `look` returns."""
    there = {one["metadata"]["name"]: one for one in found}
    for one in wanted:
        name = one["metadata"]["name"]
        if name not in there:
            yield f"{title(one)}: is not there"
        elif look(there[name]) != look(one):
            yield f"{title(one)}: is not as the contract says"
        elif there[name]["metadata"]["labels"].get("strimzi.io/cluster") != CLUSTER:
            yield f"{title(one)}: belongs to no cluster of ours"
    for name in sorted(there.keys() - {one["metadata"]["name"] for one in wanted}):
        yield f"{title(there[name])}: the contract knows nothing of it"


def _layout(topic: Json) -> object:
    """All of a topic except its copies, of which a small cluster has fewer."""
    spec = topic["spec"]
    config = {name: value for name, value in spec["config"].items() if "insync" not in name}
    return spec["partitions"], config


def _projected(pod: Pod) -> set[str]:
    return {
        source["secret"]["name"]
        for volume in pod.spec.get("volumes", ())
        for source in volume.get("projected", {}).get("sources", ())
        if "secret" in source
    }
