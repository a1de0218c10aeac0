"""Links in OpenAPI documents: what can be done next with a number that a response names."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]

FOLLOWED: Final = ("letter", "diversion", "draft", "file")
"""Path parameters whose values come from responses."""
CHANGING: Final = frozenset({"POST", "PUT"})


def add_links(operations: Iterable[tuple[str, str, Json]], schemas: Json) -> None:
    """Link each creating operation to those that take its number in their path.

    `operations`: method, who may use it, and the description; links stay with the same people.
    """
    known = [*operations]
    for method, who, operation in known:
        success = next((one for one in operation["responses"] if one < "300"), None)
        if method not in CHANGING or success is None:
            continue
        answer = operation["responses"][success]
        theirs = [other for _, others, other in known if others == who and other is not operation]
        new = set(_named(answer, schemas)) - (_in_path(operation) if method == "POST" else set())
        sources = {name: f"$response.body#/{name}" for name in new}
        if links := dict(_links(sources, theirs)):
            answer["links"] = links


def _links(sources: Mapping[str, str], targets: Iterable[Json]) -> Iterable[tuple[str, Json]]:
    for target in targets:
        wanted = _in_path(target)
        if wanted and wanted <= sources.keys():
            given = {name: sources[name] for name in sorted(wanted)}
            yield target["operationId"], {"operationId": target["operationId"], "parameters": given}


def _in_path(operation: Json) -> set[str]:
    return {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}


def _named(answer: Json, schemas: Json) -> list[str]:
    """The followed numbers that a response may name."""
    content = answer.get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return [each for each in FOLLOWED if each in schemas.get(name, {}).get("properties", {})]
