"""The check of custom resources against their operators' full schemas, if `CRDS` is set."""

import json
from collections.abc import Iterator
from pathlib import Path

from jsonschema import Draft202012Validator

from tools.k8s.objects import Rendered, title
from tools.k8s.place import Json
from tools.k8s.shapes import is_core


def full(rendered: Rendered, folder: Path) -> Iterator[str]:
    """Each custom resource matches `<group>/<kind>_<version>.json`, which the folder must hold."""
    for one in rendered.objects:
        if is_core(one):
            continue
        file = folder / _file(one)
        if not file.is_file():
            yield f"{title(one)}: {file} is not there"
            continue
        schema = Draft202012Validator(json.loads(file.read_text(encoding="utf-8")))
        for error in schema.iter_errors(one):
            yield f"{title(one)}: {'.'.join(map(str, error.absolute_path))}: {error.message}"


def _file(one: Json) -> str:
    group, _, version = one["apiVersion"].partition("/")
    return f"{group}/{one['kind'].lower()}_{version}.json"
