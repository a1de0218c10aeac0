"""Network rules: no traffic except what a policy allows."""

from collections.abc import Iterator

from tools.k8s.objects import Rendered, selects, title
from tools.k8s.place import Json

BOTH = {"Ingress", "Egress"}
OF_OPERATORS: tuple[dict[str, str], ...] = (
    {"strimzi.io/cluster": "kafka", "strimzi.io/name": "kafka-kafka"},
    {"app": "mongo-svc"},
)
"""Labels of pods that operators create from our objects."""


def deny_by_default(rendered: Rendered) -> Iterator[str]:
    """One policy selects every pod, for both directions, and allows nothing."""
    closed = [
        one["spec"]
        for one in rendered.of("NetworkPolicy")
        if not one["spec"]["podSelector"] and set(one["spec"]["policyTypes"]) == BOTH
    ]
    if not any("ingress" not in one and "egress" not in one for one in closed):
        yield "no policy denies everything by default"


def own_policy(rendered: Rendered) -> Iterator[str]:
    """Each pod template has its own policy for both directions."""
    for pod in rendered.pods():
        named = [
            one
            for one in rendered.of("NetworkPolicy")
            if one["spec"]["podSelector"] and selects(one["spec"]["podSelector"], pod.labels)
        ]
        if not any(set(one["spec"]["policyTypes"]) == BOTH for one in named):
            yield f"{pod.name}: has no network policy of its own for both ways"


def opens_narrowly(rendered: Rendered) -> Iterator[str]:
    """A rule names peers and ports; only egress to the API server may name no peer."""
    for one in rendered.of("NetworkPolicy"):
        spec, is_ours = one["spec"], any(_takes(one, pod.labels) for pod in rendered.pods())
        for rule in spec.get("ingress", ()):
            if not rule.get("from"):
                yield f"{title(one)}: lets everybody in"
        for rule in spec.get("egress", ()):
            if is_ours and not rule.get("to"):
                yield f"{title(one)}: lets pods of ours out to everywhere"
        yield from _ports(one)


def _ports(one: Json) -> Iterator[str]:
    for rule in (*one["spec"].get("ingress", ()), *one["spec"].get("egress", ())):
        among_themselves = [
            peer.get("podSelector") == one["spec"]["podSelector"]
            for peer in (*rule.get("from", ()), *rule.get("to", ()))
        ]
        if not rule.get("ports") and not (among_themselves and all(among_themselves)):
            yield f"{title(one)}: names no port"


def selectors(rendered: Rendered) -> Iterator[str]:
    """A policy, and each pod selector in it, matches something that exists."""
    known = [pod.labels for pod in rendered.pods()]
    for one in rendered.of("NetworkPolicy"):
        spec = one["spec"]
        peers = [
            peer["podSelector"]
            for rule in (*spec.get("ingress", ()), *spec.get("egress", ()))
            for peer in (*rule.get("from", ()), *rule.get("to", ()))
            if "podSelector" in peer and "namespaceSelector" not in peer
        ]
        for selector in (spec["podSelector"], *peers):
            if not any(selects(selector, labels) for labels in (*known, *OF_OPERATORS)):
                yield f"{title(one)}: selects {selector['matchLabels']}, which is nothing"


def _takes(one: Json, labels: object) -> bool:
    return isinstance(labels, dict) and selects(one["spec"]["podSelector"], labels)
