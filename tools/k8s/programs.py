"""The program of a container, by image and arguments, and its variables."""

from collections.abc import Mapping

from pydantic_settings import BaseSettings

from tools.k8s.objects import Pod, Rendered
from tools.k8s.place import Json
from tools.k8s.settings_page import OTHERS, SERVICES

IMAGE = "mailbox-"
STAND_INS = {
    "deploy.local.fakes.issuer": {
        "MAILBOX_ISSUER_BROWSER_URL",
        "MAILBOX_ISSUER_PAGES",
        "MAILBOX_ISSUER_PORT",
        "MAILBOX_KEYS_DIR",
    },
    "deploy.local.fakes.gateway": {
        "MAILBOX_GATEWAY_PORT",
        "MAILBOX_GATEWAY_FILE",
        "MAILBOX_KEYS_DIR",
    },
}
"""Variables of the development fakes, in addition to the common ones."""
OF_ALL_STAND_INS = {
    "MAILBOX_CITIZEN_ISSUER",
    "MAILBOX_ENV",
    "MAILBOX_STAFF_ISSUER",
    "MAILBOX_STAND_IN_HOST",
}


def settings_of(container: Json) -> type[BaseSettings] | None:
    """The program's settings class; None for a fake, and for unknown programs."""
    image = container["image"].partition("@")[0].rpartition("/")[2].partition(":")[0]
    if (service := image.removeprefix(IMAGE)) in SERVICES:
        return SERVICES[service]
    return OTHERS.get(next(iter(container.get("args", ())), ""))


def stand_in_of(container: Json) -> set[str]:
    """The variables that the container's fake reads; empty if it is not a fake."""
    own = STAND_INS.get(next(iter(container.get("args", ())), ""), set())
    return own | OF_ALL_STAND_INS if own else own


def given(container: Json) -> dict[str, str]:
    """The variables that are set for this container alone."""
    return {one["name"]: one.get("value", "") for one in container.get("env", ())}


def shared(container: Json, rendered: Rendered) -> dict[str, str]:
    """The variables that it takes from ConfigMaps."""
    named = [
        one["configMapRef"]["name"] for one in container.get("envFrom", ()) if "configMapRef" in one
    ]
    found: dict[str, str] = {}
    for one in rendered.of("ConfigMap"):
        if one["metadata"]["name"] in named:
            found |= one.get("data", {})
    return found


def mounted(pod: Pod, container: Json) -> Mapping[str, str | None]:
    """Every path mounted in the container; with the key, where files are named."""
    volumes = {one["name"]: one for one in pod.spec.get("volumes", ())}
    found: dict[str, str | None] = {}
    for mount in container.get("volumeMounts", ()):
        path = mount["mountPath"]
        found[path] = None
        for item in _items(volumes.get(mount["name"], {})):
            found[f"{path}/{item['path']}"] = item["key"]
    return found


def _items(volume: Json) -> list[Json]:
    sources = [volume.get("secret", {})]
    sources += [one.get("secret", {}) for one in volume.get("projected", {}).get("sources", ())]
    return [item for one in sources for item in one.get("items", ())]
