"""Mistakes in network rules, identities and topics, each of which a rule must find."""

from typing import Any

from tests.tools.manifests import Manifests
from tests.tools.planted_pods import Plant, spec
from tools.k8s import broker, databases, doors, entrances, network, shapes, told


def policy(name: str) -> Any:
    """Take the policy of that name."""
    return lambda m: m.drop("NetworkPolicy", name)


def rule(name: str, way: str, **plant: Any) -> Any:
    """Change a policy's first rule; None takes a part of it away."""

    def change(m: Manifests) -> None:
        first = m.spec("NetworkPolicy", name)[way][0]
        for part, value in plant.items():
            first.pop(part)
            if value is not None:
                first[part] = value

    return change


def _misspelt_setting(m: Manifests) -> None:
    m.env("router", "MAILBOX_ROUTER_DATABSE", "x")


def _of_another(m: Manifests) -> None:
    m.env("router", "MAILBOX_INTAKE_MOST_UNSENT", "10")


def in_the_map(name: str, value: str | None) -> Any:
    """Change a value of the common ConfigMap; None takes it away."""

    def change(m: Manifests) -> None:
        data = m.get("ConfigMap", "mailbox-settings")["data"]
        data.pop(name, None)
        if value is not None:
            data[name] = value

    return change


def _misspelt_file(m: Manifests) -> None:
    [volume] = [one for one in m.pod("router")["volumes"] if one["name"] == "secrets"]
    volume["projected"]["sources"][1]["secret"]["items"][0]["path"] = "MAILBOX_MONGO_URL"


def operator(plant: list[str]) -> Any:
    """Change the command of the topics' job."""
    return lambda m: m.container("topics", "Job").update(args=plant)


def _anothers_password(m: Manifests) -> None:
    m.env("router", "MAILBOX_KAFKA_USERNAME", "intake")


def right(m: Manifests) -> Any:
    """The first rule of a bureau."""
    return m.spec("KafkaUser", "bureau.foshan")["authorization"]["acls"][0]


def _foreign_cluster(m: Manifests) -> None:
    m.get("KafkaTopic", "letters.progress")["metadata"]["labels"]["strimzi.io/cluster"] = "other"


def renamed(kind: str, name: str) -> Any:
    """Give an object another name."""
    return lambda m: m.get(kind, name)["metadata"].update(name="letters.misspelt")


def trigger(**plant: Any) -> Any:
    """Change the trigger of the publisher's autoscaler."""
    return lambda m: m.spec("ScaledObject", "publisher")["triggers"][0]["metadata"].update(plant)


def _signs_in_by_nothing(m: Manifests) -> None:
    m.drop("TriggerAuthentication", "kafka-lag")


def _auditors_password(m: Manifests) -> None:
    m.spec("TriggerAuthentication", "kafka-lag")["secretTargetRef"][0].update(name="kafka-auditor")


def user(name: str, **plant: Any) -> Any:
    """Change a user of the database."""

    def change(m: Manifests) -> None:
        users = m.spec("MongoDBCommunity", "mongo")["users"]
        [found] = [one for one in users if one["name"] == name]
        found.update(plant)

    return change


def listener(at: int, **plant: Any) -> Any:
    """Change how bureaus come in."""

    def change(m: Manifests) -> None:
        [found] = [
            one for one in m.spec("Kafka", "kafka")["kafka"]["listeners"] if one["port"] == at
        ]
        found.update(plant)

    return change


def certified(**plant: Any) -> Any:
    """Change a certificate's request."""
    names = {name.replace("_", "."): value for name, value in plant.items()}

    def change(m: Manifests) -> None:
        [found] = [
            one for one in m.spec("Kafka", "kafka")["kafka"]["listeners"] if one["port"] == 9095
        ]
        found["authentication"]["listenerConfig"].update(names)

    return change


def _other_version(m: Manifests) -> None:
    m.get("Kafka", "kafka")["apiVersion"] = "kafka.strimzi.io/v1beta2"


def database_pod(m: Manifests) -> Any:
    """The pod `spec` of the database."""
    return m.spec("MongoDBCommunity", "mongo")["statefulSet"]["spec"]["template"]["spec"]


def matches(name: str, *added: tuple[str, str]) -> Any:
    """Let other paths through a route as well."""
    paths = [{"path": {"type": kind, "value": value}} for kind, value in added]
    return lambda m: m.spec("HTTPRoute", name)["rules"][0]["matches"].extend(paths)


def host(name: str, named: str) -> Any:
    """Have a route serve another host."""
    return lambda m: m.spec("HTTPRoute", name).update(hostnames=[named])


PLANTS: list[Plant] = [
    (
        doors.all_are_routed,
        "intake /duty: is routed nowhere",
        lambda m: m.drop("HTTPRoute", "duty"),
    ),
    (
        doors.all_are_routed,
        "/v1/letters/{letter}/rating: is routed nowhere",
        lambda m: m.spec("HTTPRoute", "intake")["rules"][0]["matches"].pop(1),
    ),
    (
        doors.staff_apart,
        "mailbox.example.org: shows staff's /counter, ",
        host("duty", "mailbox.example.org"),
    ),
    (
        doors.staff_apart,
        "mailbox.example.org: shows staff's /v1/bureau-files/{letter}/{file}, ",
        matches("intake", ("PathPrefix", "/v1")),
    ),
    (
        doors.staff_apart,
        "/v1/letters/{letter}/reveals/{reveal}/identity to others",
        matches("intake", ("PathPrefix", "/v1/letters")),
    ),
    (doors.staff_apart, "/v1/drafts, ", host("editors", "public.example.org")),
    (
        doors.nothing_else,
        "HTTPRoute/duty: /v1/dutty leads to no route",
        matches("duty", ("Exact", "/v1/dutty")),
    ),
    (
        doors.proxies,
        "MAILBOX_INTAKE_TRUSTED_PROXIES is not set",
        in_the_map("MAILBOX_INTAKE_TRUSTED_PROXIES", None),
    ),
    (entrances.bureaus, "no listener for bureaus at 9095 by custom", listener(9095, port=9096)),
    (entrances.bureaus, "no listener for bureaus at 9094 by scram", listener(9094, port=9097)),
    (entrances.bureaus, "listener certs has no TLS", listener(9095, tls=False)),
    (entrances.bureaus, "bureaus is open to every network", listener(9094, networkPolicyPeers=[])),
    (entrances.bureaus, "asks for no certificate", certified(ssl_client_auth="requested")),
    (entrances.bureaus, "something else than PEM", certified(ssl_truststore_type="JKS")),
    (
        entrances.bureaus,
        "lets in ['auditor'",
        certified(ssl_principal_mapping_rules="RULE:^CN=(.*)$/$1/"),
    ),
    (entrances.bureaus, "lets in no bureau", certified(ssl_principal_mapping_rules="DEFAULT")),
    (
        entrances.bureaus,
        "an authority that brokers don't have",
        certified(ssl_truststore_location="/mnt/other/ca.crt"),
    ),
    (
        entrances.bureaus,
        "an authority that brokers don't have",
        lambda m: m.spec("KafkaNodePool", "broker")["template"].pop("kafkaContainer"),
    ),
    (databases.confined, "no seccomp", lambda m: database_pod(m).pop("securityContext")),
    (
        databases.confined,
        "nothing is said of container mongod-posthook",
        lambda m: database_pod(m).pop("initContainers"),
    ),
    (
        databases.confined,
        "container mongod keeps rights",
        lambda m: database_pod(m)["containers"][0].pop("securityContext"),
    ),
    (network.deny_by_default, "denies everything by default", policy("default-deny")),
    (
        network.deny_by_default,
        "denies everything by default",
        spec("NetworkPolicy", "default-deny", {"policyTypes": ["Ingress"]}),
    ),
    (network.deny_by_default, "denies", spec("NetworkPolicy", "default-deny", {"egress": [{}]})),
    (network.own_policy, "Deployment/router: has no network policy", policy("router")),
    (network.own_policy, "CronJob/audit: has no network policy", policy("jobs")),
    (network.opens_narrowly, "lets everybody in", rule("router", "ingress", **{"from": None})),
    (network.opens_narrowly, "out to everywhere", rule("router", "egress", to=None)),
    (network.opens_narrowly, "names no port", rule("router", "egress", ports=None)),
    (
        network.selectors,
        "which is nothing",
        rule("router", "egress", to=[{"podSelector": {"matchLabels": {"app": "kafak"}}}]),
    ),
    (
        network.selectors,
        "which is nothing",
        spec("NetworkPolicy", "router", {"podSelector": {"matchLabels": {"app": "ruoter"}}}),
    ),
    (told.known, "MAILBOX_ROUTER_DATABSE is read by nobody", _misspelt_setting),
    (told.known, "MAILBOX_INTAKE_MOST_UNSENT is read by nobody", _of_another),
    (told.known, "MAILBOX_MONGO_URL is read by nobody", _misspelt_file),
    (told.known, "MAILBOX_ISUER of its ConfigMap", in_the_map("MAILBOX_ISUER", "x")),
    (told.known, "nobody knows which program", operator(["shared.platform.topicz"])),
    (told.required, "MAILBOX_STAFF_ISSUER is not set", in_the_map("MAILBOX_STAFF_ISSUER", None)),
    (told.required, "MAILBOX_MONGO_URI is not set", _misspelt_file),
    (
        told.required,
        "MAILBOX_KAFKA_USERNAME is not set",
        lambda m: m.env("router", "MAILBOX_KAFKA_USERNAME", None),
    ),
    (
        told.required,
        "MAILBOX_KAFKA_PASSWORD is not set",
        in_the_map("MAILBOX_SECRETS_DIR", "/run/mailbox/other"),
    ),
    (
        told.required,
        "MAILBOX_GATEWAY_URL is not set",
        in_the_map("MAILBOX_NOTIFIER_GATEWAY_URL", None),
    ),
    (told.paths, "is not mounted", in_the_map("MAILBOX_KEYS_DIR", "/run/mailbox/kyes")),
    (
        told.paths,
        "is not mounted",
        in_the_map("MAILBOX_KAFKA_CA_FILE", "/run/mailbox/kafka/ca.pem"),
    ),
    (shapes.custom, "nothing is known of kafka.strimzi.io/v1beta2 Kafka", _other_version),
    (
        shapes.custom,
        "'prefixed' is not one of",
        lambda m: right(m)["resource"].update(patternType="prefixed"),
    ),
    (shapes.custom, "'operation' was unexpected", lambda m: right(m).update(operation="Read")),
    (
        shapes.custom,
        "'partitions' is a required",
        lambda m: m.spec("KafkaTopic", "mailbox.keys").pop("partitions"),
    ),
    (
        shapes.custom,
        "is not of type 'integer'",
        spec("KafkaTopic", "mailbox.keys", {"replicas": "3"}),
    ),
    (shapes.custom, "does not match", trigger(lagThreshold="many")),
    (
        broker.topics,
        "KafkaTopic/letters.progress: is not there",
        renamed("KafkaTopic", "letters.progress"),
    ),
    (
        broker.topics,
        "KafkaTopic/letters.misspelt: the contract knows",
        renamed("KafkaTopic", "letters.progress"),
    ),
    (
        broker.topics,
        "is not as the contract says",
        spec("KafkaTopic", "letters.progress", {"partitions": 3}),
    ),
    (broker.topics, "belongs to no cluster of ours", _foreign_cluster),
    (
        broker.users,
        "KafkaUser/bureau.foshan: is not as",
        lambda m: right(m)["operations"].append("Write"),
    ),
    (
        broker.users,
        "KafkaUser/bureau.foshan: is not as",
        lambda m: m.spec("KafkaUser", "bureau.foshan").pop("quotas"),
    ),
    (broker.users, "KafkaUser/publisher: is not there", lambda m: m.drop("KafkaUser", "publisher")),
    (broker.signed_in, "has not the password of intake", _anothers_password),
    (broker.signed_in, "user router is not there", lambda m: m.drop("KafkaUser", "router")),
    (
        broker.addresses,
        "is no address of the broker",
        in_the_map("MAILBOX_KAFKA_BOOTSTRAP", "kafka:9092"),
    ),
    (broker.addresses, "asks a broker that is not there", trigger(bootstrapServers="kafka:9092")),
    (
        broker.replication,
        "3 copies on 2 brokers",
        lambda m: m.spec("KafkaNodePool", "broker").update(replicas=2),
    ),
    (
        broker.replication,
        "MAILBOX_TOPICS_REPLICATION=1",
        in_the_map("MAILBOX_TOPICS_REPLICATION", "1"),
    ),
    (broker.scaled, "group router is not that of publisher", trigger(consumerGroup="router")),
    (broker.scaled, "does not read letters.submittd", trigger(topic="letters.submittd")),
    (
        broker.scaled,
        "publisher does not read bureau.foshan.letters",
        trigger(topic="bureau.foshan.letters"),
    ),
    (broker.scaled, "begins elsewhere", trigger(offsetResetPolicy="latest")),
    (broker.scaled, "signs in by nothing", _signs_in_by_nothing),
    (
        broker.scaler_signs_in,
        "signs in as ['auditor'], not as scaler",
        lambda m: m.get("ConfigMap", "kafka-lag")["data"].update(username="auditor"),
    ),
    (broker.scaler_signs_in, "has not the password of scaler", _auditors_password),
    (
        databases.rights,
        "user router has not the rights",
        user("router", roles=[{"name": "readWrite", "db": "mailbox_intake"}]),
    ),
    (
        databases.rights,
        "user auditor has not the rights",
        user("auditor", roles=[{"name": "readWriteAnyDatabase", "db": "admin"}]),
    ),
    (
        databases.passwords,
        "nobody makes the secret letmein",
        user("router", passwordSecretRef={"name": "letmein"}),
    ),
    (
        databases.passwords,
        "speaks without TLS",
        lambda m: m.spec("MongoDBCommunity", "mongo")["security"]["tls"].update(enabled=False),
    ),
]
