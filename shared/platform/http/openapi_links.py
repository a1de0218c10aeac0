"""Links in OpenAPI documents: what can be done next with a number that a response names."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]

FOLLOWED: Final = ("letter", "diversion", "draft", "file")
"""Path parameters whose values come from responses."""
CHANGING: Final = frozenset({"POST", "PUT"})


def add_links(operations: Iterable[tuple[str, str, Json]], schemas: Json) -> None:
    """Link each response that names something new to the operations that take it in their path.

    `operations`: method, who may use it, and the description; links stay with the same people.
    """
    known = [*operations]
    for method, who, operation in known:
        theirs = [other for _, others, other in known if others == who and other is not operation]
        given = _in_path(operation) if method == "POST" else set[str]()
        for answer in operation["responses"].values() if method in CHANGING else ():
            new = [name for name in _named(answer, schemas) if name not in given]
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
    shown = [content["schema"] for content in answer.get("content", {}).values()]
    options = [option for schema in shown for option in schema.get("anyOf", [schema])]
    names = {option.get("$ref", "").rpartition("/")[2] for option in options}
    fields = {field for name in names for field in schemas.get(name, {}).get("properties", {})}
    return [each for each in FOLLOWED if each in fields]
