"""Hardening rules: restricted pod security, and our own requirements."""

import re
from collections.abc import Iterator

from tools.k8s.image_digests import DIGEST
from tools.k8s.objects import Rendered, title
from tools.k8s.place import Json

MODES = ("enforce", "warn", "audit")
HOST = ("hostNetwork", "hostPID", "hostIPC")
TAGS_THAT_MOVE = ("latest", "")


def namespaces(rendered: Rendered) -> Iterator[str]:
    """Each namespace enforces the restricted profile, in a named version."""
    for one in rendered.of("Namespace"):
        labels = one["metadata"].get("labels", {})
        for mode in MODES:
            prefix = f"pod-security.kubernetes.io/{mode}"
            if labels.get(prefix) != "restricted" or not labels.get(f"{prefix}-version"):
                yield f"{title(one)}: does not {mode} the restricted profile of a named version"


def pods(rendered: Rendered) -> Iterator[str]:
    """No pod runs as root, has a token, or uses its host."""
    for pod in rendered.pods():
        for fault in _pod(pod.spec):
            yield f"{pod.name}: {fault}"


def containers(rendered: Rendered) -> Iterator[str]:
    """No container gains rights, writes to its root, lacks bounds, or uses a moving tag."""
    for pod in rendered.pods():
        for container in pod.containers:
            for fault in (*_rights(container), *_resources(container), *_image(container)):
                yield f"{pod.name}: {fault}"


def pinned_images(rendered: Rendered) -> Iterator[str]:
    """In production every image of ours is named by digest."""
    if not rendered.is_production:
        return
    for pod in rendered.pods():
        for container in pod.containers:
            if not re.search(rf"@{DIGEST}$", container["image"]):
                yield f"{pod.name}: image {container['image']} is not named by digest"


def secrets_are_files(rendered: Rendered) -> Iterator[str]:
    """A secret is mounted, never in the environment, where any dump shows it."""
    for pod in rendered.pods():
        for container in pod.containers:
            whole = [one for one in container.get("envFrom", ()) if "secretRef" in one]
            envs = [
                one
                for one in container.get("env", ())
                if "secretKeyRef" in one.get("valueFrom", {})
            ]
            if whole or envs:
                yield f"{pod.name}: a secret stands in the environment"


def _pod(spec: Json) -> Iterator[str]:
    security = spec.get("securityContext", {})
    if security.get("runAsNonRoot") is not True or not security.get("runAsUser"):
        yield "may run as root"
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "has no seccomp profile"
    if spec.get("automountServiceAccountToken") is not False:
        yield "has a token of the API server"
    if any(spec.get(name) for name in HOST) or _on_host(spec):
        yield "reaches into its host"


def _on_host(spec: Json) -> bool:
    return any("hostPath" in volume for volume in spec.get("volumes", ()))


def _rights(container: Json) -> Iterator[str]:
    security = container.get("securityContext", {})
    capabilities = security.get("capabilities", {})
    if security.get("allowPrivilegeEscalation") is not False or security.get("privileged"):
        yield "may gain rights"
    if capabilities.get("drop") != ["ALL"] or capabilities.get("add"):
        yield "keeps capabilities"
    if security.get("readOnlyRootFilesystem") is not True:
        yield "can write to its root"
    if security.get("runAsNonRoot") is False or security.get("runAsUser") == 0:
        yield "may run as root"


def _resources(container: Json) -> Iterator[str]:
    given = container.get("resources", {})
    for kind in ("requests", "limits"):
        if not {"cpu", "memory"} <= given.get(kind, {}).keys():
            yield f"has no {kind} of CPU and memory"


def _image(container: Json) -> Iterator[str]:
    name, _, digest = container["image"].partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    if not digest and tag in TAGS_THAT_MOVE:
        yield f"image {container['image']} has neither tag nor digest"
