"""Rules that names lead to something: Services, accounts, settings, secrets, volumes, routes."""

from collections.abc import Iterator

from tools.k8s import secrets
from tools.k8s.objects import SERVICE, Pod, Rendered, selects, title
from tools.k8s.place import Json

NOT_ROUTED = ("/metrics", "/health", "/")


def services(rendered: Rendered) -> Iterator[str]:
    """Each Service selects the pods of one Deployment, at a port that they have."""
    for one in rendered.of("Service"):
        taken = [
            pod
            for pod in rendered.deployed()
            if selects({"matchLabels": one["spec"]["selector"]}, pod.labels)
        ]
        if len(taken) != 1:
            yield f"{title(one)}: takes {len(taken)} Deployments"
        for port in one["spec"]["ports"]:
            if any(port.get("targetPort") not in pod.ports for pod in taken):
                yield f"{title(one)}: targetPort {port.get('targetPort')} is not there"


def deployments(rendered: Rendered) -> Iterator[str]:
    """A Deployment selects its own pods, has a Service, and is scraped if anything is."""
    for pod in rendered.deployed():
        if not selects(pod.owner["spec"]["selector"], pod.labels):
            yield f"{pod.name}: does not take its own pods"
        if not any(
            selects({"matchLabels": one["spec"]["selector"]}, pod.labels)
            for one in rendered.of("Service")
        ):
            yield f"{pod.name}: has no Service"
        monitors = rendered.of("PodMonitor")
        if monitors and pod.labels.get(SERVICE) == "service" and not _is_scraped(pod, monitors):
            yield f"{pod.name}: is scraped by no PodMonitor"


def accounts(rendered: Rendered) -> Iterator[str]:
    """Each pod has an existing account that is not the default one."""
    for pod in rendered.pods():
        if pod.spec.get("serviceAccountName") not in rendered.names("ServiceAccount"):
            yield f"{pod.name}: its service account is not there"


def configuration(rendered: Rendered) -> Iterator[str]:
    """Each named ConfigMap exists."""
    for pod in rendered.pods():
        named = {
            one["configMapRef"]["name"]
            for container in pod.containers
            for one in container.get("envFrom", ())
            if "configMapRef" in one
        }
        for name in sorted(named - rendered.names("ConfigMap")):
            yield f"{pod.name}: ConfigMap {name} is not there"


def mounts(rendered: Rendered) -> Iterator[str]:
    """Each volume is used and each mount has one; mounted secrets exist, with their keys."""
    there = secrets.there(rendered)
    for pod in rendered.pods():
        volumes = {one["name"] for one in pod.spec.get("volumes", ())}
        mounted = {
            one["name"] for container in pod.containers for one in container.get("volumeMounts", ())
        }
        for name in sorted(volumes ^ mounted):
            yield f"{pod.name}: volume {name} is not both there and mounted"
        for name, keys in _secrets(pod):
            for missing in sorted(keys - there.get(name, frozenset())) if name in there else [name]:
                yield f"{pod.name}: secret {name} has no {missing}, or isn't there"


def routes(rendered: Rendered) -> Iterator[str]:
    """Each route leads to a port of a Service, and none to cluster-internal paths."""
    ports = {
        one["metadata"]["name"]: {port["port"] for port in one["spec"]["ports"]}
        for one in rendered.of("Service")
    }
    for one in rendered.of("HTTPRoute"):
        for rule in one["spec"]["rules"]:
            for backend in rule["backendRefs"]:
                if backend["port"] not in ports.get(backend["name"], ()):
                    yield f"{title(one)}: leads to {backend['name']}, which isn't there"
            for match in rule.get("matches", [{"path": {"type": "PathPrefix", "value": "/"}}]):
                path = match["path"]
                if path["type"] != "Exact" and path["value"].rstrip("/") in _kept(NOT_ROUTED):
                    yield f"{title(one)}: opens {path['value']} to everybody"


def _kept(paths: tuple[str, ...]) -> set[str]:
    return {path.rstrip("/") for path in paths}


def _is_scraped(pod: Pod, monitors: list[Json]) -> bool:
    return any(
        selects(one["spec"]["selector"], pod.labels)
        and all(end["port"] in pod.ports for end in one["spec"]["podMetricsEndpoints"])
        for one in monitors
    )


def _secrets(pod: Pod) -> Iterator[tuple[str, set[str]]]:
    """Each mounted secret, with the keys that are used."""
    for volume in pod.spec.get("volumes", ()):
        if "secret" in volume:
            asked = volume["secret"]
            yield asked["secretName"], {item["key"] for item in asked.get("items", ())}
        for source in volume.get("projected", {}).get("sources", ()):
            if "secret" in source:
                asked = source["secret"]
                yield asked["name"], {item["key"] for item in asked.get("items", ())}
