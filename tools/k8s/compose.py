"""The check of the Compose file: existing images, known variables, and confined containers."""

from collections.abc import Iterator

import yaml

from clients.bureau.simulate.settings import SimulateSettings
from tools.k8s.dockerfile import parsed
from tools.k8s.place import ROOT, RULES, Json
from tools.k8s.programs import OF_ALL_STAND_INS, STAND_INS
from tools.k8s.settings_page import OTHERS, SERVICES, variables

FOLDER = ROOT / "deploy" / "compose"
FILE = FOLDER / "compose.yaml"
DOCKERFILE = ROOT / "deploy" / "images" / "Dockerfile"
KEYS = {
    "build", "cap_drop", "command", "depends_on", "entrypoint", "environment", "healthcheck",
    "image", "ports", "read_only", "restart", "security_opt", "stop_grace_period", "tmpfs", "user",
    "volumes",
}  # fmt: skip
ONCE = "keys"
"""Makes files for others and ends; as root, since a new volume belongs to root."""
CONFINED = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}


def faults(text: str) -> Iterator[str]:
    """All faults of a Compose file."""
    services: dict[str, Json] = yaml.safe_load(text)["services"]
    volumes = set(yaml.safe_load(text).get("volumes") or ())
    outer: list[str] = []
    for name, one in services.items():
        for fault in (*_itself(one), *_waits(one, services), *_volumes(one, volumes)):
            yield f"compose: {name} {fault}"
        for fault in (*_rights(name, one), *_told(name, one)):
            yield f"compose: {name} {fault}"
        outer += [str(port).split(":")[-2] for port in one.get("ports", ())]
    for port in sorted({port for port in outer if outer.count(port) > 1}):
        yield f"compose: port {port} is taken twice"
    for name in sorted(SERVICES.keys() - services.keys()):
        yield f"compose: {name} is not there"


def is_ours(one: Json) -> bool:
    """Whether the container uses one of our images."""
    return "build" in one or str(one.get("image", "")).startswith("mailbox-")


def _itself(one: Json) -> Iterator[str]:
    for key in sorted(one.keys() - KEYS):
        yield f"says {key}, which is not used here"
    if "build" in one:
        target = one["build"].get("target")
        if target not in parsed(DOCKERFILE.read_text(encoding="utf-8")).stages:
            yield f"builds {target}, which is no target"
    elif str(one.get("image", "")).rpartition(":")[2] in {"", "latest", one.get("image")}:
        yield "is pinned to nothing"
    for port in one.get("ports", ()):
        if not str(port).startswith("127.0.0.1:"):
            yield f"opens {port} beyond this machine"


def _waits(one: Json, services: dict[str, Json]) -> Iterator[str]:
    waits = one.get("depends_on", {})
    for name in waits:
        other, how = services.get(name), waits[name] if isinstance(waits, dict) else {}
        if other is None:
            yield f"waits for {name}, which is not there"
        elif how.get("condition") == "service_healthy" and "healthcheck" not in other:
            yield f"waits until {name} is healthy, which nobody asks"
        elif (
            how.get("condition") == "service_completed_successfully"
            and other.get("restart") == "unless-stopped"
        ):
            yield f"waits until {name} ends, which never does"


def _volumes(one: Json, named: set[str]) -> Iterator[str]:
    for volume in one.get("volumes", ()):
        source = volume.split(":")[0]
        path = (FOLDER / source).resolve()
        if source not in named and not path.exists() and path != RULES.parent:
            yield f"mounts {source}, which is not there"


def _rights(name: str, one: Json) -> Iterator[str]:
    if is_ours(one) and name != ONCE and any(one.get(key) != as_ for key, as_ in CONFINED.items()):
        yield "may do more than in a cluster"


def _told(name: str, one: Json) -> Iterator[str]:
    """Every variable is read by its container, and a service gets all that it needs."""
    told = {key for key in one.get("environment", {}) if key.startswith("MAILBOX_")}
    if is_ours(one):
        for variable in sorted(told - _read(name, one)):
            yield f"is told {variable}, which it does not read"
    if name in SERVICES:
        names = variables(SERVICES[name])
        given = {field for variable, field in names.items() if variable in told}
        for field, about in SERVICES[name].model_fields.items():
            if about.is_required() and field not in given:
                yield f"is not told {field}"


def _read(name: str, one: Json) -> set[str]:
    """The variables that a container's program reads; the shared ones count for each."""
    common = {key for kind in (*SERVICES.values(), *OTHERS.values()) for key in variables(kind)}
    others = tuple(f"MAILBOX_{other.upper()}_" for other in SERVICES if other != name)
    match one.get("command", []):
        case [module, *_] if module in STAND_INS:
            return STAND_INS[module] | OF_ALL_STAND_INS
        case ["clients.bureau.simulate"]:
            return {f"MAILBOX_{field}".upper() for field in SimulateSettings.model_fields}
        case _:
            return {key for key in common if not key.startswith(others)}
