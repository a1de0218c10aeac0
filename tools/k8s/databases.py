"""Rules that each service can reach its own database and no other."""

from collections.abc import Iterator

from tools.k8s import secrets
from tools.k8s.objects import Rendered, title
from tools.k8s.settings_page import SERVICES


def rights(rendered: Rendered) -> Iterator[str]:
    """A service writes only its own database; the auditor reads all and writes none."""
    names = {name: kind.model_fields["database"].default for name, kind in SERVICES.items()}
    wanted = {name: {("readWrite", database)} for name, database in names.items()}
    wanted["auditor"] = {("read", database) for database in names.values()}
    for one in rendered.of("MongoDBCommunity"):
        found = {
            user["name"]: {(role["name"], role["db"]) for role in user["roles"]}
            for user in one["spec"]["users"]
        }
        for name in sorted(wanted.keys() | found.keys()):
            if wanted.get(name) != found.get(name):
                yield f"{title(one)}: user {name} has not the rights that it should"


def passwords(rendered: Rendered) -> Iterator[str]:
    """Each user's password, and the certificate, come from secrets that an operator creates."""
    for one in rendered.of("MongoDBCommunity"):
        tls = one["spec"]["security"].get("tls", {})
        named = {user["passwordSecretRef"]["name"] for user in one["spec"]["users"]}
        named |= {tls.get(ref, {}).get("name", "") for ref in _TLS}
        if not tls.get("enabled"):
            yield f"{title(one)}: speaks without TLS"
        for name in sorted(named - secrets.BY_HAND.keys()):
            yield f"{title(one)}: nobody makes the secret {name or 'of its certificate'}"


def confined(rendered: Rendered) -> Iterator[str]:
    """The operator's pods satisfy the restricted profile, or their namespace refuses them."""
    for one in rendered.of("MongoDBCommunity"):
        pod = one["spec"]["statefulSet"]["spec"]["template"]["spec"]
        if pod.get("securityContext", {}).get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{title(one)}: its pods have no seccomp profile"
        found = {
            each["name"]: each.get("securityContext", {})
            for each in (*pod.get("initContainers", ()), *pod["containers"])
        }
        for name in sorted(_CONTAINERS - found.keys()):
            yield f"{title(one)}: nothing is said of container {name}"
        for name, security in found.items():
            if security != _CONFINED:
                yield f"{title(one)}: container {name} keeps rights"


_CONTAINERS = {"mongod", "mongod-posthook", "mongodb-agent", "mongodb-agent-readinessprobe"}
"""The names given by the operator."""
_CONFINED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
_TLS = ("certificateKeySecretRef", "caCertificateSecretRef")
