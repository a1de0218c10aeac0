"""Rules that each number of replicas has exactly one owner."""

from collections.abc import Iterator

from tools.k8s.objects import Rendered, title

MOST = 6
"""Partitions of the letters' topics: further processes would get none."""


def one_scaler(rendered: Rendered) -> Iterator[str]:
    """Each scaling target exists, has one scaler, and no replica number of its own."""
    counts: dict[str, int] = {}
    for one in rendered.of("ScaledObject", "HorizontalPodAutoscaler"):
        name = one["spec"]["scaleTargetRef"]["name"]
        counts[name] = counts.get(name, 0) + 1
        if name not in rendered.names("Deployment"):
            yield f"{title(one)}: {name} is not there"
    for pod in rendered.deployed():
        count = counts.get(pod.owner["metadata"]["name"], 0)
        if count > 1:
            yield f"{pod.name}: {count} scalers"
        if count and "replicas" in pod.owner["spec"]:
            yield f"{pod.name}: says a number of replicas beside its scaler"


def bounds(rendered: Rendered) -> Iterator[str]:
    """At least two replicas, so that one may fail, and at most one per partition."""
    for one in rendered.of("ScaledObject", "HorizontalPodAutoscaler"):
        spec = one["spec"]
        least = spec.get("minReplicaCount", spec.get("minReplicas", 0))
        most = spec.get("maxReplicaCount", spec.get("maxReplicas", 100))
        if not 2 <= least <= most <= MOST:
            yield f"{title(one)}: from {least} to {most} replicas"
