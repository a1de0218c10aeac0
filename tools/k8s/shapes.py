"""The check of custom resources against shapes of our own (`shapes.yaml`)."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from tools.k8s.objects import Rendered, title
from tools.k8s.place import Json

FILE = Path(__file__).with_name("shapes.yaml")
SCALAR: Json = {"type": ["string", "integer", "boolean", "number"]}
AMOUNTS: Json = {
    "type": "object",
    "properties": {"cpu": {"type": "string"}, "memory": {"type": "string"}},
    "required": ["cpu", "memory"],
    "additionalProperties": False,
}
WORDS: dict[str, Json] = {
    "text": {"type": "string", "minLength": 1},
    "integer": {"type": "integer", "minimum": 0},
    "number": {"type": "number", "minimum": 0},
    "boolean": {"type": "boolean"},
    "digits": {"type": "string", "pattern": "^[0-9]+$"},
    "yes-or-no": {"enum": ["true", "false"]},
    "duration": {"type": "string", "pattern": "^([0-9]+(h|m|s|ms))+$"},
    "map": {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
    "scalars": {"type": "object", "additionalProperties": SCALAR},
    "free": {},
    "resources": {
        "type": "object",
        "properties": {"requests": AMOUNTS, "limits": AMOUNTS},
        "required": ["requests", "limits"],
        "additionalProperties": False,
    },
}


def custom(rendered: Rendered) -> Iterator[str]:
    """Each custom resource has only known fields, and all that it needs."""
    for one in rendered.objects:
        if not is_core(one):
            yield from _faults(one)


def is_core(one: Json) -> bool:
    """Whether the object's kind is one of Kubernetes' own."""
    group, _, version = one["apiVersion"].rpartition("/")
    is_shaped = f"{one['apiVersion']} {one['kind']}" in shapes()
    return not is_shaped and bool(version) and ("." not in group or group.endswith("k8s.io"))


@cache
def shapes() -> dict[str, Draft202012Validator]:
    """A validator of `spec` for each `group/version Kind`."""
    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: Draft202012Validator(schema(shape)) for name, shape in read.items()}


def schema(shape: Any) -> Json:
    """Convert a shape to JSON Schema. Raises: KeyError, for an unknown word."""
    if isinstance(shape, list):
        return {"type": "array", "items": schema(shape[0]), "minItems": 1}
    if isinstance(shape, dict):
        return {
            "type": "object",
            "properties": {name.rstrip("!"): schema(one) for name, one in shape.items()},
            "required": [name.rstrip("!") for name in shape if name.endswith("!")],
            "additionalProperties": False,
        }
    if shape in WORDS:
        return WORDS[shape]
    return {"enum": [word.strip() for word in shape.split("|")]}


def _faults(one: Json) -> Iterator[str]:
    kind = f"{one['apiVersion']} {one['kind']}"
    validator = shapes().get(kind)
    if validator is None:
        yield f"{title(one)}: nothing is known of {kind}"
        return
    for error in validator.iter_errors(one.get("spec", {})):
        where = ".".join(map(str, error.absolute_path))
        yield f"{title(one)}: spec.{where}: {error.message}"
