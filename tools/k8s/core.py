"""The check against Kubernetes' own schemas, strictly, for the oldest and newest version."""

from collections.abc import Iterator

import kubernetes_validate
from kubernetes_validate import SchemaNotFoundError, ValidationError

from tools.k8s.objects import Rendered, title
from tools.k8s.place import NEWEST, OLDEST, Json
from tools.k8s.shapes import is_core


def core(rendered: Rendered) -> Iterator[str]:
    """Each object matches its schema, without unknown fields."""
    for one in rendered.objects:
        if is_core(one):
            for version in (OLDEST, NEWEST):
                yield from _faults(one, version)


def _faults(one: Json, version: str) -> Iterator[str]:
    try:
        kubernetes_validate.validate(one, version, strict=True)
    except ValidationError as fault:
        where = ".".join(map(str, fault.path))
        yield f"{title(one)}: {where}: {fault.message} ({version})"
    except SchemaNotFoundError:
        yield f"{title(one)}: Kubernetes {version} knows no {one['apiVersion']} {one['kind']}"
