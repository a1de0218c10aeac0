"""The services' OpenAPI documents, and their compatibility with released versions.

One document per service, the same as its `/openapi.json`.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, Final, TypeAlias

from fastapi import APIRouter

from services.intake.api import router as intake
from services.notifier.api import router as notifier
from services.publisher.api import router as publisher
from services.router.api import router
from shared.contracts.compatibility import breaks
from shared.platform.http.application import application

Json: TypeAlias = dict[str, Any]
JSON: Final = "application/json"

FACES: Final[Mapping[str, APIRouter]] = {
    "intake": intake,
    "router": router,
    "notifier": notifier,
    "publisher": publisher,
}


def documents() -> dict[str, Json]:
    """All documents, by file name."""
    return {f"openapi-{name}.json": document(name) for name in FACES}


@cache
def document(name: str) -> Json:
    """The document of one service."""
    app = application(name.title(), verifiers={}, ready=_nothing_to_wait_for)
    app.include_router(FACES[name])
    return app.openapi()


ACCEPTED: Final = ": widened by "
"""A code more in a request: programs written for the old document don't send it."""


def broken(old: Json, new: Json) -> list[str]:
    """Changes in `new` that break programs written for `old`.

    Routes, optional fields or parameters, codes in requests, fields of a response, and problems may
    be added.
    """
    found: list[str] = []
    before, after = _schemas(old), _schemas(new)
    for path, method, operation in _operations(old):
        now = new["paths"].get(path, {}).get(method)
        changes = ["gone"] if now is None else _changes((operation, now), before, after)
        found += [f"{method.upper()} {path} {what}" for what in changes]
    return found


def _changes(pair: tuple[Json, Json], before: Json, after: Json) -> Iterator[str]:
    """Incompatible changes of an operation; `before`, `after`: schemas of both documents."""
    old, new = pair
    if old["security"] != new["security"]:
        yield "security: changed"
    taken = breaks(_taken(old, before), _taken(new, after))
    yield from (what for what in taken if ACCEPTED not in what)
    for status, answer in old["responses"].items():
        if status not in new["responses"]:
            yield f"{status}: gone"
        elif int(status) < 400:
            was, now = _given(answer, before), _given(new["responses"][status], after)
            found = breaks(was, now)
            yield from (f"{status}{what}" for what in found if not _is_more(what))


def _is_more(what: str) -> bool:
    """Whether the change only makes a response field always present, which harms no reader."""
    return what.endswith(": required now")


def _taken(operation: Json, schemas: Json) -> Json:
    """Parameters and body as one schema."""
    fields = {f"{one['in']}:{one['name']}": one for one in operation.get("parameters", ())}
    properties = {name: one["schema"] for name, one in fields.items()}
    required = [name for name, one in fields.items() if one.get("required")]
    if body := operation.get("requestBody"):
        kinds = {kind: content["schema"] for kind, content in body["content"].items()}
        properties |= {_body_of(kind): schema for kind, schema in kinds.items()}
        required += ["body"] if body.get("required") and JSON in kinds else []
    return {"properties": properties, "required": required, "$defs": schemas}


def _body_of(kind: str) -> str:
    return "body" if kind == JSON else f"body as {kind}"


def _given(answer: Json, schemas: Json) -> Json:
    content = answer.get("content", {}).get(JSON, {})
    return {**deepcopy(content.get("schema", {})), "$defs": schemas}


def _schemas(document: Json) -> Json:
    schemas: Json = document["components"]["schemas"]
    return schemas


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


async def _nothing_to_wait_for() -> Mapping[str, bool]:
    return {}
