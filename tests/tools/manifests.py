"""A copy of the rendered manifests, into which tests plant mistakes."""

from copy import deepcopy
from typing import Any

from tools.k8s.objects import Rendered
from tools.k8s.place import Json


class Manifests:
    """Objects that may be changed; the ones given stay as they are."""

    def __init__(self, objects: list[Json]) -> None:
        self.objects = deepcopy(objects)

    @property
    def rendered(self) -> Rendered:
        """The input of the rules."""
        return Rendered(self.objects)

    def get(self, kind: str, name: str) -> Json:
        """The object of that name."""
        [found] = [
            one
            for one in self.objects
            if one["kind"] == kind and one["metadata"]["name"].startswith(name)
        ]
        return found

    def spec(self, kind: str, name: str) -> Json:
        """The object's `spec`."""
        spec: Json = self.get(kind, name)["spec"]
        return spec

    def pod(self, name: str, kind: str = "Deployment") -> Json:
        """The pod `spec` of a Deployment or Job."""
        spec: Json = self.spec(kind, name)["template"]["spec"]
        return spec

    def container(self, name: str, kind: str = "Deployment") -> Json:
        """The one container of those pods."""
        [found] = self.pod(name, kind)["containers"]
        made: Json = found
        return made

    def drop(self, kind: str, name: str) -> None:
        """Take an object away."""
        self.objects.remove(self.get(kind, name))

    def listed(self, kind: str) -> list[Json]:
        """All of a kind."""
        return [one for one in self.objects if one["kind"] == kind]

    def env(self, name: str, variable: str, value: Any) -> None:
        """Set a variable of a Deployment's container; None takes it away."""
        container = self.container(name)
        kept = [one for one in container.get("env", []) if one["name"] != variable]
        container["env"] = kept if value is None else [*kept, {"name": variable, "value": value}]
