"""What was rendered, as rules ask for it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.k8s.place import Json

SERVICE = "app.kubernetes.io/component"
NAME = "app.kubernetes.io/name"
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pod:
    """A template of pods, and whose it is."""

    owner: Json
    template: Json

    @property
    def name(self) -> str:
        """As findings show it."""
        return title(self.owner)

    @property
    def labels(self) -> Labels:
        """Those of its pods."""
        return dict(self.template["metadata"].get("labels", {}))

    @property
    def spec(self) -> Json:
        """What its pods are."""
        return dict(self.template["spec"])

    @property
    def containers(self) -> list[Json]:
        """All that run in it."""
        return [*self.spec.get("initContainers", ()), *self.spec["containers"]]

    @property
    def ports(self) -> dict[str, int]:
        """By name."""
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
        """Those of these kinds."""
        return [one for one in self.objects if one["kind"] in kinds]

    def names(self, *kinds: str) -> set[str]:
        """The names of those."""
        return {one["metadata"]["name"] for one in self.of(*kinds)}

    @property
    def is_production(self) -> bool:
        """Whether its settings say `MAILBOX_ENV=prod`."""
        return any(one.get("data", {}).get("MAILBOX_ENV") == "prod" for one in self.of("ConfigMap"))

    def pods(self) -> Iterator[Pod]:
        """Every template of pods of ours; those that an operator makes aren't here."""
        for one in self.of("Deployment", "Job"):
            yield Pod(one, one["spec"]["template"])
        for one in self.of("CronJob"):
            yield Pod(one, one["spec"]["jobTemplate"]["spec"]["template"])

    def deployed(self) -> list[Pod]:
        """Those that run all the time."""
        return [one for one in self.pods() if one.owner["kind"] == "Deployment"]


def title(one: Json) -> str:
    """`Kind/name`."""
    return f"{one['kind']}/{one['metadata']['name']}"


def selects(selector: Json | None, labels: Labels) -> bool:
    """Whether a selector by labels takes what has these; an empty one takes everything."""
    wanted: Labels = (selector or {}).get("matchLabels", {})
    return all(labels.get(name) == value for name, value in wanted.items())
