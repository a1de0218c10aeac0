"""Expected secrets with their keys: those of operators, and those that people create."""

from tools.k8s.objects import Rendered
from tools.k8s.place import CLUSTER, USER_SECRET_PREFIX

SERVICES = ("intake", "router", "notifier", "publisher")
KEY_FILES = {
    name: frozenset({f"{name}.ring.json", f"{name}.private.jwks.json"}) for name in SERVICES
}
BY_HAND: dict[str, frozenset[str]] = {
    **{f"{name}-keys": files for name, files in KEY_FILES.items()},
    "intake-keys": KEY_FILES["intake"]
    | {"intake.secrets.json", "intake.receipts.private.jwks.json"},
    "publisher-keys": KEY_FILES["publisher"] | {"publisher.figures.private.jwks.json"},
    "issuer-keys": frozenset(
        {
            "citizens-issuer.private.jwks.json",
            "staff-issuer.private.jwks.json",
            "staff-client.secret",
        }
    ),
    "sign-in-client": frozenset({"client.secret"}),
    "offices": frozenset({"offices.yaml"}),
    "message-gateway": frozenset({"gateway.token", "gateway.signing-secret"}),
    "bureaus-authority": frozenset({"ca.crt"}),
    "mongo-authority": frozenset({"ca.crt"}),
    "mongo-certificate": frozenset({"tls.crt", "tls.key"}),
    **{f"mongo-{name}-password": frozenset({"password"}) for name in (*SERVICES, "auditor")},
}
"""Secrets that people create, as in docs/operators-guide.md, with their keys."""
URI = "connectionString.standard"


def there(rendered: Rendered) -> dict[str, frozenset[str]]:
    """Every secret that will exist, with its keys."""
    found = dict(BY_HAND)
    if rendered.names("Kafka"):
        found[f"{CLUSTER}-cluster-ca-cert"] = frozenset({"ca.crt", "ca.p12", "ca.password"})
    for user in rendered.names("KafkaUser"):
        found[f"{USER_SECRET_PREFIX}{user}"] = frozenset({"password", "sasl.jaas.config"})
    for database in rendered.of("MongoDBCommunity"):
        for user in database["spec"]["users"]:
            found[user["connectionStringSecretName"]] = frozenset({URI})
    return found
