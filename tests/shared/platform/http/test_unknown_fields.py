"""No body takes a field that its service does not know: a misspelt one would do something else."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI

from services.intake.api import router as intake
from services.notifier.api import router as notifier
from services.publisher.api import router as publisher
from services.router.api import router

FACES = {"intake": intake, "router": router, "notifier": notifier, "publisher": publisher}
FEWEST = {"intake": 14, "router": 20, "notifier": 0, "publisher": 5}
"""Least number of routes with a body in each service, so that none is overlooked."""
HERE = "#/components/schemas/"


def bodies(face: APIRouter) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every route that takes a body, and all schemas."""
    app = FastAPI()
    app.include_router(face)
    shown = app.openapi()
    for path, methods in shown["paths"].items():
        for method, route in methods.items():
            if body := route.get("requestBody"):
                schemas = shown["components"]["schemas"]
                yield f"{method} {path}", {"schema": body["content"], "schemas": schemas}


def lax(part: Any, schemas: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The names of models within a schema that take fields they don't know."""
    if isinstance(part, list):
        for one in part:
            yield from lax(one, schemas, seen)
    if not isinstance(part, dict):
        return
    name = str(part.get("$ref", "")).removeprefix(HERE)
    if name and name not in seen:
        yield from lax(schemas[name], schemas, seen | {name})
    if "properties" in part and part.get("additionalProperties") is not False:
        yield part["title"]
    for one in part.values():
        yield from lax(one, schemas, seen)


@pytest.mark.parametrize("name", FACES)
def test_every_model_of_every_body_refuses_what_it_does_not_know(name: str) -> None:
    found = dict(bodies(FACES[name]))
    assert len(found) >= FEWEST[name]
    assert {
        route: [*lax(body["schema"], body["schemas"])]
        for route, body in found.items()
        if [*lax(body["schema"], body["schemas"])]
    } == {}
