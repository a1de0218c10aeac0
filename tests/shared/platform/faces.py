"""A small web face for tests, and what to expect of all its answers."""

from collections.abc import Mapping
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, FastAPI, Header, HTTPException, Query
from prometheus_client import CollectorRegistry
from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.text import Text
from shared.kernel.errors import LimitReached, NotFound, NotHeld, OutOfOrder
from shared.platform.http.application import application, open_to_all

SECRET = "seeded-secret-机密"


JSON = {"content-type": "application/json"}


class Contact(BaseModel):
    """A part of the letter."""

    phone: Annotated[str, Text(1, 32)] | None = None
    wechat_id: str | None = Field(default=None, alias="wechat")


class NewLetter(BaseModel):
    """The body of the small route."""

    subject: Annotated[str, Text(1, 20)]
    body: Annotated[str, Text(1, 10_000)]
    contact: Contact | None = None
    tags: dict[str, int] = {}
    points: list[int] = []
    score: float = 0.0


class Strict(BaseModel):
    """The body of a route that refuses unknown fields."""

    model_config = ConfigDict(extra="forbid")

    subject: str = ""


class Fault(Exception):
    """A fault whose text would give something away."""


READY = {"database": True, "broker": True}


ROUTES = APIRouter(prefix="/v1/letters")


@ROUTES.post("", status_code=201)
@open_to_all
async def submit(letter: NewLetter) -> dict[str, Any]:
    """Takes a letter."""
    return {"length": len(letter.subject), "points": len(letter.points)}


@ROUTES.put("/strict")
@open_to_all
async def strict(
    letter: Strict,
    due: Annotated[int, Query()] = 1,
    key: Annotated[int, Header(alias="Idempotency-Key")] = 1,
) -> int:
    """Takes nothing that it does not know."""
    return due + key


@ROUTES.get("/{letter}")
@open_to_all
async def show(letter: str) -> str:
    """Refuses, in the way that the path names."""
    raise {"order": OutOfOrder, "limit": LimitReached, "held": NotHeld}.get(letter, NotFound)(
        SECRET
    )


@ROUTES.get("/numbered/{number}")
@open_to_all
async def numbered(number: int) -> int:
    """Takes a number in its path."""
    return number


@ROUTES.get("/fault/now")
@open_to_all
async def fault() -> str:
    """Fails with a text that must stay secret."""
    try:
        int(SECRET)
    except ValueError as cause:
        raise Fault(SECRET) from cause
    return ""


@ROUTES.get("/teapot/now")
@open_to_all
async def teapot() -> str:
    """Refuses in words of the framework."""
    raise HTTPException(418, SECRET, {"x-secret": "seeded", "Retry-After": "7"})


@ROUTES.get("/forgotten/guard")
async def forgotten() -> str:
    """Says nothing of who may come in."""
    return SECRET


def faces(**options: Any) -> FastAPI:
    """A new application."""

    async def ready() -> Mapping[str, bool]:
        return READY

    registry = options.pop("registry", CollectorRegistry())
    app = application("test", verifiers={}, ready=ready, registry=registry, **options)
    app.include_router(ROUTES)
    return app


def client(app: FastAPI) -> httpx.AsyncClient:
    """A client of an application in this process."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


Client = httpx.AsyncClient


async def post(face: Client, content: bytes | str, **headers: str) -> httpx.Response:
    """The answer to a body as it is."""
    return await face.post("/v1/letters", content=content, headers={**JSON, **headers})


def is_problem(answer: httpx.Response, expected: str) -> None:
    """`expected`: status and code, such as `404 not_found`."""
    content = answer.json()
    status, code = expected.split()
    assert (content["status"], content["code"]) == (int(status), code)
    assert answer.status_code == int(status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert content["type"] == f"/problems/{code}"
    assert " · " in content["title"]
    assert content.keys() <= {"type", "title", "status", "code", "errors", "detail"}
    says_nothing(answer)


def says_nothing(answer: httpx.Response) -> None:
    """Nothing that came in is in the answer."""
    assert "seeded" not in f"{answer.text} {answer.headers}"
    assert "机密" not in f"{answer.text} {answer.headers}"
