"""Rendered objects, with the queries that rules need."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.k8s.place import Json

SERVICE = "app.kubernetes.io/component"
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod template, and its owner."""

    owner: Json
    template: Json

    @property
    def name(self) -> str:
        """The name in findings."""
        return title(self.owner)

    @property
    def labels(self) -> Labels:
        """The labels of its pods."""
        return dict(self.template["metadata"].get("labels", {}))

    @property
    def spec(self) -> Json:
        """The spec of its pods."""
        return dict(self.template["spec"])

    @property
    def containers(self) -> list[Json]:
        """All its containers."""
        return [*self.spec.get("initContainers", ()), *self.spec["containers"]]

    @property
    def ports(self) -> dict[str, int]:
        """Ports by name."""
        return {
            port["name"]: port["containerPort"]
            for container in self.containers
            for port in container.get("ports", ())
        }


@dataclass(frozen=True, slots=True)
class Rendered:
    """All objects of one overlay."""

    objects: Sequence[Json]

    def of(self, *kinds: str) -> list[Json]:
        """The objects of these kinds."""
        return [one for one in self.objects if one["kind"] in kinds]

    def names(self, *kinds: str) -> set[str]:
        """The names of the objects of these kinds."""
        return {one["metadata"]["name"] for one in self.of(*kinds)}

    @property
    def is_production(self) -> bool:
        """Whether its settings have `MAILBOX_ENV=prod`."""
        return any(one.get("data", {}).get("MAILBOX_ENV") == "prod" for one in self.of("ConfigMap"))

    def pods(self) -> Iterator[Pod]:
        """Every pod template of ours; those created by operators aren't included."""
        for one in self.of("Deployment", "Job"):
            yield Pod(one, one["spec"]["template"])
        for one in self.of("CronJob"):
            yield Pod(one, one["spec"]["jobTemplate"]["spec"]["template"])

    def deployed(self) -> list[Pod]:
        """The templates of pods that run permanently."""
        return [one for one in self.pods() if one.owner["kind"] == "Deployment"]


def title(one: Json) -> str:
    """Format as `Kind/name`."""
    return f"{one['kind']}/{one['metadata']['name']}"


def selects(selector: Json | None, labels: Labels) -> bool:
    """Whether a label selector matches these labels; an empty one matches everything."""
    wanted: Labels = (selector or {}).get("matchLabels", {})
    return all(labels.get(name) == value for name, value in wanted.items())
