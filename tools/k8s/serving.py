"""Rules that every Deployment starts, serves, drains and spreads properly."""

from collections.abc import Iterator

from tools.k8s.objects import SERVICE, Pod, Rendered, selects, title
from tools.k8s.place import Json

PROBES = {
    "startupProbe": "/health/started",
    "livenessProbe": "/health/live",
    "readinessProbe": "/health/ready",
}
DRAIN_S = 20
"""Seconds left after the sleep before SIGTERM, to finish a batch and leave the group."""


def probes(rendered: Rendered) -> Iterator[str]:
    """Three different probes, at an existing port."""
    for pod in _services(rendered):
        for container in pod.containers:
            for probe, path in PROBES.items():
                asked = container.get(probe, {}).get("httpGet", {})
                if asked.get("path") != path:
                    yield f"{pod.name}: {probe} does not ask {path}"
                elif asked.get("port") not in pod.ports:
                    yield f"{pod.name}: {probe} asks a port that is not there"


def draining(rendered: Rendered) -> Iterator[str]:
    """A sleep until no more requests arrive, then enough time to finish."""
    for pod in _services(rendered):
        grace = pod.spec.get("terminationGracePeriodSeconds", 30)
        for container in pod.containers:
            asleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {})
            if not asleep.get("seconds"):
                yield f"{pod.name}: does not wait until nobody sends it more"
            elif grace < asleep["seconds"] + DRAIN_S:
                yield f"{pod.name}: has {grace} s to end, which is too little"


def spread(rendered: Rendered) -> Iterator[str]:
    """Replicas are spread over hosts and, where possible, zones; drained hosts don't count.

    Without `nodeTaintsPolicy: Honor` an evicted pod finds no host: the drained one, empty by then,
    makes every other one hold too many.
    """
    for pod in _services(rendered):
        constraints = pod.spec.get("topologySpreadConstraints", ())
        rules = {
            one["topologyKey"]: one["whenUnsatisfiable"]
            for one in constraints
            if selects(one["labelSelector"], pod.labels)
        }
        if rules.get("kubernetes.io/hostname") != "DoNotSchedule":
            yield f"{pod.name}: replicas may stand on one host"
        if "topology.kubernetes.io/zone" not in rules:
            yield f"{pod.name}: replicas are not spread over zones"
        if any(one.get("nodeTaintsPolicy") != "Honor" for one in constraints):
            yield f"{pod.name}: counts hosts that are being drained"


def budgets(rendered: Rendered) -> Iterator[str]:
    """Each Deployment has one budget that lets one pod go at a time, and broken ones at once."""
    budgets_there = rendered.of("PodDisruptionBudget")
    for pod in rendered.deployed():
        of_it = [one for one in budgets_there if selects(one["spec"]["selector"], pod.labels)]
        if len(of_it) != 1:
            yield f"{pod.name}: {len(of_it)} disruption budgets"
    for one in budgets_there:
        yield from _budget(one, rendered)


def _budget(one: Json, rendered: Rendered) -> Iterator[str]:
    if not any(selects(one["spec"]["selector"], pod.labels) for pod in rendered.deployed()):
        yield f"{title(one)}: selects nothing"
    if one["spec"].get("maxUnavailable") != 1:
        yield f"{title(one)}: does not let exactly one pod go at a time"
    if one["spec"].get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
        yield f"{title(one)}: keeps broken pods from being evicted"


def _services(rendered: Rendered) -> list[Pod]:
    return [one for one in rendered.deployed() if one.labels.get(SERVICE) == "service"]
