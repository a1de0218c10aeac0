"""Deterministic examples for JSON Schemas, with invented values."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

Json: TypeAlias = Mapping[str, Any]

BY_FORMAT: Final[Mapping[str, str]] = {
    "date-time": "2026-11-24T01:12:07Z",
    "date": "2026-12-08",
}
BY_NAME: Final[Mapping[str, Any]] = {
    "aloud": "b5bb 9d80",
    "body": "人民路口的路灯坏了三周。",
    "campaign": "c-77e1a2",
    "decided_by": "s-4472",
    "detail": "人民路口",
    "district": "440104",
    "digits": "417302",
    "diversion": "DV-7K2M-9QXT-4HBN-W3RD-5",
    "en": "In words for people.",
    "fingerprint": "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
    "holder": "foshan",
    "id_number": "440199198501010018",
    "jwk": {"kty": "EC", "crv": "P-256", "kid": "foshan-2026-11", "x": "…", "y": "…"},
    "kid": "foshan-2026-11",
    "letter": "GD-7K2M-9QXT-4HBN-W3RD-5",
    "name": "陈示例",
    "next": "20261124T011207.301000Z~GD-7K2M-9QXT-4HBN-W3RD-5",
    "number": "110",
    "place_detail": "人民路口",
    "path": "/publications/PB-7K2M-9QXT-4HBN-W3RD-5",
    "phone": "13900000000",
    "publication": "PB-7K2M-9QXT-4HBN-W3RD-5",
    "reply": "路灯已修复。",
    "staff": "s-4471",
    "subject": "路灯坏了",
    "text": "路灯已修复。",
    "title": "路灯坏了",
    "unit": "tianhe.traffic",
    "with": "c-77e1a2",
    "zh": "给人看的说明。",
}
"""Values by field name, where a schema leaves the value open."""
ONE_OF: Final = ("examples", "enum")
"""Keys of schemas that list values which match; the first counts."""
OTHERWISE: Final = "example"


def example_of(schema: Json, schemas: Json, *, is_whole: bool, name: str = "") -> Any:
    """A value that matches the schema; `schemas`: targets of references.

    `is_whole`: include optional fields. `name`: the field that holds the value.
    """

    def within(part: Json, named: str = name) -> Any:
        return example_of(part, schemas, is_whole=is_whole, name=named)

    if "$ref" in schema:
        return within(schemas[schema["$ref"].rpartition("/")[2]])
    if listed := [schema[key] for key in ONE_OF if key in schema]:
        return listed[0][0]
    if "const" in schema:
        return schema["const"]
    if "anyOf" in schema:
        return within(next(option for option in schema["anyOf"] if option.get("type") != "null"))
    if schema.get("type") == "array":
        return [within(schema["items"])]
    if "properties" in schema:
        wanted = schema["properties"] if is_whole else schema.get("required", ())
        return {field: within(schema["properties"][field], field) for field in wanted}
    return _single(schema, name)


def _single(schema: Json, name: str) -> Any:
    match schema.get("type"):
        case "integer":
            return int(schema.get("minimum", 1))
        case "number":
            return 0.5
        case "boolean":
            return True
        case "object" if name not in BY_NAME:
            return {}
    return BY_FORMAT.get(schema.get("format", "")) or BY_NAME.get(name, OTHERWISE)
