"""A web face takes in only what it can read, and says nothing of what came in."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Query
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.responses import Response

from shared.kernel.errors import LimitReached, NotFound, NotHeld, OutOfOrder, Refused
from shared.platform.gate import MAX_BODY, BrokenOff
from shared.platform.logs import JsonLines
from shared.platform.text import Text
from shared.platform.web import Limits, application, open_to_all

SECRET = "seeded-secret-机密"
JSON = {"content-type": "application/json"}


class Contact(BaseModel):
    """A part of the letter."""

    phone: Annotated[str, Text(1, 32)] | None = None
    wechat_id: str | None = Field(default=None, alias="wechat")


class NewLetter(BaseModel):
    """What the small route takes."""

    subject: Annotated[str, Text(1, 20)]
    body: Annotated[str, Text(1, 10_000)]
    contact: Contact | None = None
    tags: dict[str, int] = {}
    points: list[int] = []
    score: float = 0.0


class Strict(BaseModel):
    """What a route takes that forbids what it doesn't know."""

    model_config = ConfigDict(extra="forbid")

    subject: str = ""


class Fault(Exception):
    """A fault whose text would give something away."""


READY = {"database": True, "broker": True}


ROUTES = APIRouter(prefix="/v1/letters")


@ROUTES.post("", status_code=201)
@open_to_all
async def submit(letter: NewLetter) -> dict[str, Any]:
    return {"length": len(letter.subject), "points": len(letter.points)}


@ROUTES.put("/strict")
@open_to_all
async def strict(
    letter: Strict,
    due: Annotated[int, Query()] = 1,
    key: Annotated[int, Header(alias="Idempotency-Key")] = 1,
) -> int:
    return due + key


@ROUTES.get("/{letter}")
@open_to_all
async def show(letter: str) -> str:
    raise {"order": OutOfOrder, "limit": LimitReached, "held": NotHeld}.get(letter, NotFound)(
        SECRET
    )


@ROUTES.get("/numbered/{number}")
@open_to_all
async def numbered(number: int) -> int:
    return number


@ROUTES.get("/fault/now")
@open_to_all
async def fault() -> str:
    try:
        int(SECRET)
    except ValueError as cause:
        raise Fault(SECRET) from cause
    return ""


@ROUTES.get("/teapot/now")
@open_to_all
async def teapot() -> str:
    raise HTTPException(418, SECRET, {"x-secret": "seeded", "Retry-After": "7"})


@ROUTES.get("/forgotten/guard")
async def forgotten() -> str:
    return SECRET


def faces(**options: Any) -> FastAPI:
    async def ready() -> Mapping[str, bool]:
        return READY

    registry = options.pop("registry", CollectorRegistry())
    app = application("test", verifier=None, ready=ready, registry=registry, **options)
    app.include_router(ROUTES)
    return app


def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


Client = httpx.AsyncClient


@pytest.fixture
async def face() -> AsyncIterator[Client]:
    async with client(faces()) as opened:
        yield opened


async def post(face: Client, content: bytes | str, **headers: str) -> httpx.Response:
    return await face.post("/v1/letters", content=content, headers={**JSON, **headers})


def is_problem(answer: httpx.Response, status: int, code: str) -> None:
    content = answer.json()
    assert (answer.status_code, content["status"], content["code"]) == (status, status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert content["type"] == f"/problems/{code}"
    assert " · " in content["title"]
    assert content.keys() <= {"type", "title", "status", "code", "errors"}
    says_nothing(answer)


def says_nothing(answer: httpx.Response) -> None:
    assert "seeded" not in f"{answer.text} {answer.headers}"
    assert "机密" not in f"{answer.text} {answer.headers}"


async def test_a_good_letter_comes_in(face: Client) -> None:
    answer = await post(face, json.dumps({"subject": "路灯", "body": "坏了\n\t请修 👮"}))
    assert (answer.status_code, answer.json()) == (201, {"length": 2, "points": 0})
    other = await face.post("/v1/letters", json={"subject": "路灯", "body": "x", "more": 1})
    assert other.status_code == 201


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{" + SECRET.encode(), 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b'{"a":' * 30_000, 400, "malformed"),
        (b"[" * 500 + b"]" * 500, 422, "invalid"),
        (b'{"subject": "\xff"}', 400, "malformed"),
        (b'{"subject": "\xed\xa0\x80"}', 400, "malformed"),
        (b"\xef\xbb\xbf{}", 400, "malformed"),
        ('{"a": 1}'.encode("utf-16"), 400, "malformed"),
        (b'{"score": NaN}', 400, "malformed"),
        (b'{"score": -Infinity}', 400, "malformed"),
        (b'{"score": 1e999}', 400, "malformed"),
        (b'{"score": 1e999, "subject": "\\ud800"}', 400, "malformed"),
        (b'{"score": NaN, "subject": "\\ud800"}', 400, "malformed"),
        (b'{"points": [' + b"9" * 5_000 + b"]}", 400, "malformed"),
        (b'"\\ud800"' + b"[" * 50_000, 400, "malformed"),
        (b"null", 422, "invalid"),
        (b"7", 422, "invalid"),
        (b"", 422, "invalid"),
    ],
)
async def test_what_cannot_be_read_is_refused(
    face: Client, content: bytes, status: int, code: str
) -> None:
    is_problem(await post(face, content), status, code)


@pytest.mark.parametrize(
    "subject",
    [
        "\ud800",
        "a\udfffb",
        "a\0b",
        "a\x1bb",
        "a\rb",
        "a\x7fb",
        "a\x85b",
        *(f"a{mark}b" for mark in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
        *(f"a{mark}b" for mark in "\u200e\u200f\u061c"),
        " \t\n",
        "\u3000\u00a0",
        "\u200b\u2060",
        "\u3164\u2800",
        "",
        "x" * 21,
        7,
        None,
        ["x"],
    ],
)
async def test_text_that_may_not_be_is_refused(face: Client, subject: Any) -> None:
    answer = await post(face, json.dumps({"subject": subject, "body": "x"}))
    is_problem(answer, 422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["subject"]


@pytest.mark.parametrize(
    "text", ["陈", "👮🏽\u200d♀️", "a\nb\tc", "ZWNJ\u200c", "é", "ﷺ", "𠮷", "x" * 20, "·"]
)
def test_text_that_people_write_is_let_in(text: str) -> None:
    assert TypeAdapter(Annotated[str, Text(1, 20)]).validate_python(text) == text


def test_an_empty_text_may_be_allowed_but_a_blank_one_never() -> None:
    optional = TypeAdapter(Annotated[str, Text(0, 20)])
    assert optional.validate_python("") == ""
    with pytest.raises(ValidationError, match="shows nothing"):
        optional.validate_python(" ")
    with pytest.raises(TypeError):
        TypeAdapter(Annotated[int, Text(0, 20)])


async def test_errors_name_fields_of_our_schema_and_what_is_wrong(face: Client) -> None:
    letter = {"subject": "x" * 21, "contact": {"phone": 7, "wechat": 7}, "points": [1, SECRET]}
    answer = await post(face, json.dumps(letter))
    is_problem(answer, 422, "invalid")
    assert answer.json()["errors"] == [
        {"field": "subject", "code": "string_too_long"},
        {"field": "body", "code": "missing"},
        {"field": "contact.phone", "code": "string_type"},
        {"field": "contact.wechat", "code": "string_type"},
        {"field": "points.1", "code": "int_parsing"},
    ]


async def test_names_that_are_not_ours_are_never_said(face: Client) -> None:
    in_keys = await post(face, json.dumps({"subject": "x", "body": "x", "tags": {SECRET: "x"}}))
    is_problem(in_keys, 422, "invalid")
    assert in_keys.json()["errors"] == [{"field": "tags.*", "code": "int_parsing"}]
    unknown = await face.put("/v1/letters/strict", json={SECRET: 1, "subject": SECRET})
    is_problem(unknown, 422, "invalid")
    assert unknown.json()["errors"] == [{"field": "*", "code": "extra_forbidden"}]


async def test_bad_parameters_are_named_and_not_repeated(face: Client) -> None:
    answer = await face.put(
        "/v1/letters/strict",
        params={"due": SECRET, SECRET: "1"},
        json={},
        headers={"Idempotency-Key": "seeded-secret", "x-seeded": "1"},
    )
    is_problem(answer, 422, "invalid")
    fields = {error["field"] for error in answer.json()["errors"]}
    assert fields == {"due", "Idempotency-Key"}


async def test_at_most_twenty_errors_are_listed(face: Client) -> None:
    answer = await post(face, json.dumps({"points": ["x"] * 5_000}))
    assert len(answer.json()["errors"]) == 20


async def test_a_path_that_cannot_be_right_leads_nowhere(face: Client) -> None:
    wrong = await face.get(f"/v1/letters/numbered/{SECRET}")
    nothing = await face.get(f"/{SECRET}/%00/%ff")
    foreign = await face.get(f"/v1/letters/{SECRET}")
    for answer in (wrong, nothing, foreign):
        is_problem(answer, 404, "not_found")
        assert answer.content == foreign.content


@pytest.mark.parametrize(
    ("letter", "status", "code"),
    [("order", 409, "out_of_order"), ("limit", 429, "limit"), ("held", 404, "not_found")],
)
async def test_a_refusal_is_a_problem_of_its_code(
    face: Client, letter: str, status: int, code: str
) -> None:
    is_problem(await face.get(f"/v1/letters/{letter}"), status, code)


async def test_a_method_that_is_not_there_says_which_are(face: Client) -> None:
    answer = await face.request("PATCH", "/v1/letters", content=b"")
    is_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


async def test_other_refusals_of_the_framework_say_nothing_of_theirs(face: Client) -> None:
    answer = await face.get("/v1/letters/teapot/now")
    is_problem(answer, 418, "malformed")
    assert answer.headers["retry-after"] == "7"


async def test_a_fault_is_said_without_its_text_and_logged_without_it(
    face: Client, caplog: pytest.LogCaptureFixture
) -> None:
    is_problem(await face.get("/v1/letters/fault/now"), 500, "internal")
    (record,) = caplog.records
    line = JsonLines("intake").format(record)
    assert "seeded" not in line
    exception = json.loads(line)["exception"]
    assert [each["type"].rpartition(".")[2] for each in exception] == ["Fault", "ValueError"]
    assert ".fault:" in exception[0]["at"][-1]


@pytest.mark.parametrize("code", [cls.code for cls in Refused.__subclasses__()])
def test_every_refusal_has_a_title_of_its_own(code: str) -> None:
    from shared.platform.problems import TITLES  # noqa: PLC0415 - the one use of the table

    assert " · " in TITLES[code]


async def test_a_route_that_forgot_its_guard_is_closed(
    face: Client, caplog: pytest.LogCaptureFixture
) -> None:
    is_problem(await face.get("/v1/letters/forgotten/guard"), 404, "not_found")
    assert caplog.messages == ["route says nothing of who may come in"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", ""]
)
async def test_only_json_comes_in(face: Client, kind: str) -> None:
    is_problem(await post(face, b"{}", **{"content-type": kind}), 415, "not_json")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
async def test_json_may_say_that_it_is_utf8(face: Client, kind: str) -> None:
    answer = await post(face, b'{"subject": "x", "body": "x"}', **{"content-type": kind})
    assert answer.status_code == 201


async def test_a_body_at_the_limit_comes_in_and_one_beyond_does_not(face: Client) -> None:
    letter = b'{"subject": "x", "body": "x"}'
    assert (await post(face, letter + b" " * (MAX_BODY - len(letter)))).status_code == 201
    is_problem(await post(face, letter + b" " * (MAX_BODY + 1 - len(letter))), 413, "too_large")


async def test_a_face_may_take_less() -> None:
    async with client(faces(limits=Limits(body=10))) as small:
        is_problem(await post(small, b'{"subject": "x"}'), 413, "too_large")


async def test_a_streamed_body_is_cut_off_at_the_limit(face: Client) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b" " * 65_536

    answer = await face.post("/v1/letters", content=endless(), headers=JSON)
    is_problem(answer, 413, "too_large")
    assert sent <= MAX_BODY + 2 * 65_536


async def test_a_lying_length_does_not_help(face: Client) -> None:
    for length in ("5", "x", "²", "-1", "9" * 400, ""):
        answer = await post(face, b" " * (MAX_BODY + 1), **{"content-length": length})
        assert answer.status_code == 413


async def test_a_body_that_does_not_come_is_waited_for_only_so_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from shared.platform import gate  # noqa: PLC0415 - its patience is what is shortened

    monkeypatch.setattr(gate, "BODY_PATIENCE_S", 0.01)

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(60)
        yield b"}"

    async with client(faces()) as face:
        answer = await face.post("/v1/letters", content=never(), headers=JSON)
    is_problem(answer, 408, "timeout")


async def test_duplicate_names_in_a_body_do_no_harm(face: Client) -> None:
    answer = await post(face, b'{"subject": "x", "subject": "yy", "body": "x"}')
    assert answer.json()["length"] == 2


async def test_every_answer_has_the_security_headers(face: Client) -> None:
    for path in ("/health/live", "/metrics", "/nothing", "/v1/letters/fault/now"):
        headers = (await face.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


async def test_a_route_may_say_that_its_answer_can_be_kept() -> None:
    app = faces()

    @app.get("/kept")
    @open_to_all
    async def kept() -> Response:
        return Response("x", headers={"cache-control": "public, max-age=60"})

    async with client(app) as face:
        assert (await face.get("/kept")).headers["cache-control"] == "public, max-age=60"


async def test_readiness_names_what_is_missing(
    face: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await face.get("/health/live")).status_code == 200
    assert (await face.get("/health/ready")).status_code == 200
    monkeypatch.setitem(READY, "broker", False)
    answer = await face.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not_ready", "not_ready": ["broker"]}
    assert (await face.get("/health/live")).status_code == 200


async def test_requests_are_counted_by_route_and_never_by_path() -> None:
    registry = CollectorRegistry()
    async with client(faces(registry=registry)) as face:
        await face.get(f"/v1/letters/{SECRET}")
        await face.get("/v1/letters/order")
        await face.get(f"/{SECRET}")
        await face.request("SEEDED", "/v1/letters/order")
        shown = await face.get("/metrics")
    assert shown.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    says_nothing(shown)

    def count(route: str, method: str, status: str) -> float | None:
        labels = {"route": route, "method": method, "status": status}
        return registry.get_sample_value("mailbox_http_requests_total", labels)

    assert (count("/v1/letters/{letter}", "GET", "404") or 0) >= 1
    assert (count("/v1/letters/{letter}", "GET", "409") or 0) >= 1
    assert (count("/v1/letters/{letter}", "other", "405") or 0) >= 1
    assert (count("unmatched", "GET", "404") or 0) >= 1
    assert "mailbox_http_request_seconds_bucket" in shown.text


async def test_the_description_of_the_routes_is_shown_in_development_only() -> None:
    async with client(faces()) as face:
        for path in ("/openapi.json", "/docs", "/redoc"):
            is_problem(await face.get(path), 404, "not_found")
    async with client(faces(is_development=True)) as face:
        answer = await face.get("/openapi.json")
        assert "/v1/letters" in answer.json()["paths"]
        assert (await face.get("/docs")).status_code == 404


async def test_an_answer_that_breaks_off_is_cut_without_saying_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = faces()

    @app.get("/broken")
    @open_to_all
    async def broken() -> Response:
        class Half(Response):
            async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
                await send({"type": "http.response.start", "status": 200, "headers": []})
                raise Fault(SECRET)

        return Half()

    async with client(app) as face:
        with pytest.raises(BrokenOff) as cut:
            await face.get("/broken")
    assert cut.value.__cause__ is None
    assert cut.value.__suppress_context__
    assert caplog.messages == ["request failed"]


def test_nothing_is_recorded_for_tracing() -> None:
    told = faces()._telemetry
    assert not any(told[name] for name in ("tracing", "metrics", "logs", "operation_spans"))
    assert not told["auto_configure"]


Make = Callable[[st.DrawFn], Any]

SEEDED = st.sampled_from([SECRET, f"a{SECRET}", "seeded", "机密"])
NAMES = st.sampled_from(
    ["subject", "body", "contact", "phone", "wechat", "tags", "points", "score"]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=30)
    | st.text(st.characters(categories=["Cs", "Cc", "Cf"]), max_size=4)
    | SEEDED,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES | SEEDED | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=12,
)
NEARLY = st.fixed_dictionaries(
    {"subject": VALUES | st.just("x"), "body": VALUES | st.just("x")},
    optional={
        "contact": st.dictionaries(NAMES | SEEDED, VALUES, max_size=3),
        "tags": st.dictionaries(SEEDED | st.text(max_size=5), VALUES, max_size=3),
        "points": st.lists(VALUES, max_size=5),
        "score": VALUES,
    },
)
BODIES = (VALUES | NEARLY).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=60)
FACE = faces()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BODIES)
def test_no_body_breaks_a_face_or_is_repeated_by_it(body: bytes) -> None:
    logged: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = logged.append  # type: ignore[method-assign]  # a list is all it takes
    logging.getLogger("shared").addHandler(handler)
    try:
        answers = asyncio.run(_all_routes(body))
    finally:
        logging.getLogger("shared").removeHandler(handler)
    assert not logged
    for answer in answers:
        assert answer.status_code in {200, 201, 400, 422}
        says_nothing(answer)


async def _all_routes(body: bytes) -> list[httpx.Response]:
    async with client(FACE) as face:
        return [
            await face.post("/v1/letters", content=body, headers=JSON),
            await face.put("/v1/letters/strict", content=body, headers=JSON),
        ]


async def test_dependencies_are_told_from_guards() -> None:
    app = faces()

    async def other() -> str:
        return SECRET

    @app.get("/with-a-dependency")
    async def with_dependency(_: Annotated[str, Depends(other)]) -> str:
        return SECRET

    async with client(app) as face:
        is_problem(await face.get("/with-a-dependency"), 404, "not_found")
