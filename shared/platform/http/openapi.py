"""OpenAPI 3.1 descriptions of a service's routes, generated completely.

A route's guard tells who may use it; middleware, guard, parameters and rules determine its
problems, which are shown as they are sent. A service's own codes are declared at its routes
(`refuses`). Examples are made from the schemas.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.responses import Response
from typing_extensions import override

from shared.kernel.errors import Refused
from shared.platform.http.identity import BEARER, SAFE, Guard, guards_in
from shared.platform.http.miss_limit import NUMBERS
from shared.platform.http.openapi_links import add_links
from shared.platform.http.problems import CODES, CODES_OF_RULES, MEDIA_TYPE, Problem, problem
from shared.platform.http.schema_examples import example_of

Json: TypeAlias = dict[str, Any]

VERSION: Final = "1.3"
"""The version of the contracts; later ones must stay compatible with released versions."""
JSON: Final = "application/json"
SCHEMAS: Final = "#/components/schemas/"
INVALID: Final = f"{SCHEMAS}HTTPValidationError"
ALWAYS: Final = frozenset({431, 500, 503})
WITH_BODY: Final = frozenset({400, 408, 413, 415})
SIGNED_IN: Final = frozenset({401, 403})
BY_RULES: Final = frozenset({409, 429})
HEADERS: Final[Mapping[int, Mapping[str, tuple[str, str]]]] = {
    401: {"www-authenticate": (BEARER, "RFC 6750; RFC 9470 where one must sign in again.")},
    503: {"retry-after": ("5", "Seconds after which to send the same again.")},
}
OF_FIELDS: Final = frozenset({"invalid", "bad_value"})
FIELD_ERRORS: Final = [{"field": "contact.phone", "code": "string_type"}]
DESCRIPTION: Final = (
    "Bodies are strict JSON (RFC 8259, UTF-8, no name twice) of at most 256 KiB, except where a "
    "route takes files; unknown fields are refused. Instants are RFC 3339 with a zone, days are of "
    "Asia/Shanghai. Whatever is not done is answered by a problem (RFC 9457)."
)
BEARER_SCHEME: Final = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": (
        "A JWT of the office's identity provider, signed by ES256, EdDSA or RS256, with `iss`, "
        "`aud`, `sub` and `exp`; citizens have `name` and `id_number`, staff have `roles`. Where a "
        "sign-in of the last five minutes is needed, `auth_time` says when it was."
    ),
}


RENAMED: Final = {413: "Request Entity Too Large", 422: "Unprocessable Entity"}
"""Phrases that Python 3.13 changed: documents are the same with every Python."""


class Described(FastAPI):
    """An application that serves its own description at `/openapi.json`."""

    _plain: Json | None = None
    _described: Json

    @override
    def openapi(self) -> Json:
        """The OpenAPI document of the current routes."""
        plain = super().openapi()
        if plain is not self._plain:
            self._plain, self._described = plain, described(self, deepcopy(plain))
        return self._described


def described(app: FastAPI, shown: Json) -> Json:
    """Extend FastAPI's document of an application with our problems, guards and examples."""
    components = shown.setdefault("components", {})
    schemas: Json = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    own = Problem.model_json_schema(ref_template=SCHEMAS + "{model}")
    schemas |= own.pop("$defs") | {Problem.__name__: own}
    components["securitySchemes"] = {"bearer": BEARER_SCHEME}
    operations = [*_operations(app, shown["paths"])]
    for method, operation, dependant in operations:
        _describe(method, operation, dependant, schemas=schemas)
    add_links(
        (
            (method, _who(next(guards_in(dependant), None)), one)
            for method, one, dependant in operations
        ),
        schemas,
    )
    components["responses"] = {
        _name(status): _response(status, _codes(status)) for status in sorted(CODES)
    }
    return shown


def operation_id(route: Any) -> str:
    """The name of an operation, as clients made from the document call their methods."""
    first, *more = str(route.name).split("_")
    return first + "".join(word.capitalize() for word in more)


def refuses(*refusals: Refused) -> dict[int | str, Json]:
    """For a route's `responses`: refusals specific to this service, each as it is sent."""
    found: dict[int | str, Json] = {}
    for refusal in refusals:
        shown = found.setdefault(refusal.status, {"content": {MEDIA_TYPE: {"examples": {}}}})
        if refusal.headers:
            shown["headers"] = {name: _header(text) for name, text in refusal.headers.items()}
        sent = problem(refusal.status, refusal.code, members=refusal.members)
        shown["content"][MEDIA_TYPE]["examples"][refusal.code] = {"value": _sent(sent)}
    return found


def _operations(app: FastAPI, paths: Json) -> Iterator[tuple[str, Json, Any]]:
    """Each operation in the document, with its method and its route's dependencies."""
    for route in iter_route_contexts(app.routes):
        shown = paths.get(getattr(route, "path_format", ""), {})
        for method in getattr(route, "methods", None) or ():
            if method.lower() in shown:
                yield method, shown[method.lower()], route.dependant


def _describe(method: str, operation: Json, dependant: Any, *, schemas: Json) -> None:
    guard = next(guards_in(dependant), None)
    operation["security"] = [] if guard is None else [{"bearer": []}]
    described = operation.get("description", "").rstrip()
    operation["description"] = f"{described}\n\nWho: {_who(guard)}."
    responses = operation["responses"]
    if INVALID in str(responses.get("422")):
        del responses["422"]  # FastAPI's shape, not ours
    for status in sorted(_statuses(method, operation, guard)):
        responses[str(status)] = _problem(status, responses.get(str(status)))
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["example"] = example_of(content["schema"], schemas, is_whole=False)
    for status, answer in responses.items():
        for content in answer.get("content", {}).values() if int(status) < 400 else ():
            content["example"] = example_of(content["schema"], schemas, is_whole=True)


def _who(guard: Guard | None) -> str:
    if guard is None:
        return "everyone, without a sign-in"
    return guard.who + (", signed in within the last five minutes" * guard.needs_fresh_sign_in)


def _statuses(method: str, operation: Json, guard: Guard | None) -> set[int]:
    """The statuses of possible problems, by the operation's parameters and guard."""
    places = {(parameter["in"], parameter["name"]) for parameter in operation.get("parameters", ())}
    in_path = {name for place, name in places if place == "path"}
    found = {int(status) for status in operation["responses"] if int(status) >= 400} | ALWAYS
    if "requestBody" in operation or len(places) > len(in_path):
        found.add(422)
    if method not in SAFE:
        found |= WITH_BODY
        found |= BY_RULES if in_path or ("header", "Idempotency-Key") in places else set()
    if guard is not None:
        found |= SIGNED_IN
    if in_path:
        found.add(404)
    if NUMBERS & in_path:
        found.add(429)
    return found


def _problem(status: int, declared: Json | None) -> Json:
    """The usual problems of a status, merged with those that the route declares."""
    if declared is None:
        return {"$ref": f"#/components/responses/{_name(status)}"}
    shown = _response(status, _codes(status))
    content, given = shown["content"][MEDIA_TYPE], declared.get("content", {})
    content["examples"] |= given.get(MEDIA_TYPE, {}).get("examples", {})
    if JSON in given:
        content["schema"] = {"anyOf": [given[JSON]["schema"], content["schema"]]}
        shown["description"] = declared["description"]
    if "headers" in declared:
        shown["headers"] = declared["headers"]
    return shown


def _response(status: int, codes: Iterable[str]) -> Json:
    examples = _examples(status, codes)
    shown: Json = {
        "description": RENAMED.get(status) or HTTPStatus(status).phrase,
        "content": {
            MEDIA_TYPE: {"schema": {"$ref": SCHEMAS + Problem.__name__}, "examples": examples}
        },
    }
    if status in HEADERS:
        shown["headers"] = {
            name: _header(value, text) for name, (value, text) in HEADERS[status].items()
        }
    return shown


def _header(value: str, text: str | None = None) -> Json:
    described = {} if text is None else {"description": text}
    return {**described, "schema": {"type": "string"}, "example": value}


def _examples(status: int, codes: Iterable[str]) -> Json:
    """Each problem as it is sent."""
    sent = {
        code: problem(status, code, errors=FIELD_ERRORS if code in OF_FIELDS else ())
        for code in codes
    }
    return {code: {"value": _sent(answer)} for code, answer in sent.items()}


def _sent(answer: Response) -> Any:
    return json.loads(bytes(answer.body))


def _codes(status: int) -> tuple[str, ...]:
    return (CODES[status], *CODES_OF_RULES.get(status, ()))


def _name(status: int) -> str:
    return CODES[status].title().replace("_", "")
