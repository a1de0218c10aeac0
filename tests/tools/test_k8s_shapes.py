"""Shapes are schemas in few words, and an operator's full schemas are asked when they are there."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.tools.manifests import Manifests
from tools.k8s.crds import full
from tools.k8s.objects import Rendered
from tools.k8s.place import Json
from tools.k8s.shapes import is_core, schema, shapes

SHAPE = {"name!": "text", "size": "small | large", "parts": [{"port!": "integer"}]}


@pytest.mark.parametrize(
    ("value", "is_right"),
    [
        ({"name": "x"}, True),
        ({"name": "x", "size": "large", "parts": [{"port": 1}]}, True),
        ({}, False),
        ({"name": ""}, False),
        ({"name": "x", "size": "huge"}, False),
        ({"name": "x", "parts": []}, False),
        ({"name": "x", "parts": [{"port": "1"}]}, False),
        ({"name": "x", "other": 1}, False),
    ],
)
def test_a_shape_takes_what_it_names_and_nothing_else(value: Json, *, is_right: bool) -> None:
    assert Draft202012Validator(schema(SHAPE)).is_valid(value) is is_right


def test_every_shape_is_of_a_kind_that_we_use(prod: list[Json]) -> None:
    used = {f"{one['apiVersion']} {one['kind']}" for one in prod if not is_core(one)}
    assert used == set(shapes())


def test_full_schemas_are_asked_for_each_custom_resource(prod: list[Json], tmp_path: Path) -> None:
    routes = Manifests([one for one in prod if one["kind"] == "HTTPRoute"])
    assert "httproute_v1.json is not there" in next(full(routes.rendered, tmp_path))
    file = tmp_path / "gateway.networking.k8s.io" / "httproute_v1.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"properties": {"spec": {"required": ["rules"]}}}))
    assert list(full(routes.rendered, tmp_path)) == []
    del routes.spec("HTTPRoute", "router")["rules"]
    assert list(full(routes.rendered, tmp_path)) == [
        "HTTPRoute/router: spec: 'rules' is a required property"
    ]


def test_what_kubernetes_knows_itself_is_left_to_its_own_schemas(tmp_path: Path) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}}
    assert list(full(Rendered([pod]), tmp_path)) == []
