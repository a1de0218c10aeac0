"""Rules for the bureaus' entrances to the broker: by password and by certificate."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from shared.contracts.slugs import BUREAUS
from shared.contracts.topics import principals, user_of
from tools.asyncapi import CERTIFICATE_PORT, PASSWORD_PORT
from tools.k8s.objects import Rendered, title
from tools.k8s.place import Json
from tools.k8s.secrets import there

CA_FILE: Final = "ca.crt"
RULE: Final = re.compile(r"RULE:(?P<name>\^CN=.+\$)/\$1/")


def bureaus(rendered: Rendered) -> Iterator[str]:
    """In production there is a listener for each entrance, at the documented port."""
    if not rendered.is_production:
        return
    for one in rendered.of("Kafka"):
        outer = {
            listener["port"]: listener
            for listener in one["spec"]["kafka"]["listeners"]
            if listener["type"] != "internal"
        }
        for port, way in ((PASSWORD_PORT, "scram-sha-512"), (CERTIFICATE_PORT, "custom")):
            if outer.get(port, {}).get("authentication", {}).get("type") != way:
                yield f"{title(one)}: no listener for bureaus at {port} by {way}"
        for listener in outer.values():
            yield from _open(one, listener)
            if listener["authentication"]["type"] == "custom":
                yield from _certified(one, listener, rendered)


def _open(one: Json, listener: Json) -> Iterator[str]:
    if not listener["tls"]:
        yield f"{title(one)}: listener {listener['name']} has no TLS"
    if not listener.get("networkPolicyPeers"):
        yield f"{title(one)}: listener {listener['name']} is open to every network"


def _certified(one: Json, listener: Json, rendered: Rendered) -> Iterator[str]:
    """It requires a certificate of an authority that brokers have, which names a bureau's user."""
    where, config = f"{title(one)}: listener {listener['name']}", listener["authentication"]
    settings = config.get("listenerConfig", {})
    if config.get("sasl") is not False or settings.get("ssl.client.auth") != "required":
        yield f"{where} asks for no certificate"
    if settings.get("ssl.truststore.type") != "PEM":
        yield f"{where} reads its authority as something else than PEM"
    if settings.get("ssl.truststore.location") not in set(_authorities(rendered)):
        yield f"{where} trusts an authority that brokers don't have"
    rule = RULE.fullmatch(settings.get("ssl.principal.mapping.rules", ""))
    wanted = {user_of(f"bureau:{slug}") for slug in BUREAUS}
    users = {user_of(principal) for principal in principals()}
    let_in = {user for user in users if rule and re.search(rule["name"], f"CN={user}")}
    if let_in != wanted:
        yield f"{where} lets in {sorted(let_in - wanted) or 'no bureau'} by certificate"


def _authorities(rendered: Rendered) -> Iterator[str]:
    """Authority files that brokers have, each from an existing secret."""
    secrets = there(rendered)
    for pool in rendered.of("KafkaNodePool"):
        if "broker" not in pool["spec"]["roles"]:
            continue
        template = pool["spec"].get("template", {})
        mounts = {
            mount["name"]: mount["mountPath"]
            for mount in template.get("kafkaContainer", {}).get("volumeMounts", ())
        }
        for volume in template.get("pod", {}).get("volumes", ()):
            keys = secrets.get(volume.get("secret", {}).get("secretName", ""), frozenset())
            if CA_FILE in keys and volume["name"] in mounts:
                yield str(PurePosixPath(mounts[volume["name"]], CA_FILE))
