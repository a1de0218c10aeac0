"""Only bodies that can be read come in, and every answer leaves as it must."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from starlette.requests import Request
from starlette.responses import Response

from shared.platform.http import request_guard
from shared.platform.http.application import Limits, open_to_all
from shared.platform.http.request_guard import MAX_BODY, BrokenOff
from tests.shared.platform.faces import (
    JSON,
    SECRET,
    Client,
    Fault,
    client,
    faces,
    is_problem,
    post,
    says_nothing,
)
from tests.support.budget import budget


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
    is_problem(await post(face, content), f"{status} {code}")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", ""]
)
async def test_only_json_comes_in(face: Client, kind: str) -> None:
    is_problem(await post(face, b"{}", **{"content-type": kind}), "415 not_json")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
async def test_json_may_say_that_it_is_utf8(face: Client, kind: str) -> None:
    answer = await post(face, b'{"subject": "x", "body": "x"}', **{"content-type": kind})
    assert answer.status_code == 201


async def test_a_body_at_the_limit_comes_in_and_one_beyond_does_not(face: Client) -> None:
    letter = b'{"subject": "x", "body": "x"}'
    assert (await post(face, letter + b" " * (MAX_BODY - len(letter)))).status_code == 201
    beyond = letter + b" " * (MAX_BODY + 1 - len(letter))
    is_problem(await post(face, beyond), "413 too_large")


async def test_a_face_may_take_less() -> None:
    async with client(faces(limits=Limits(body=10))) as small:
        is_problem(await post(small, b'{"subject": "x"}'), "413 too_large")


async def test_a_streamed_body_is_cut_off_at_the_limit(face: Client) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b" " * 65_536

    answer = await face.post("/v1/letters", content=endless(), headers=JSON)
    is_problem(answer, "413 too_large")
    assert sent <= MAX_BODY + 2 * 65_536


async def test_a_lying_length_does_not_help(face: Client) -> None:
    for length in (b"5", b"x", b"\xb2", b"-1", b"9" * 400, b""):
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        content = b" " * (MAX_BODY + 1)
        answer = await face.post("/v1/letters", content=content, headers=headers)
        assert answer.status_code == 413


async def test_a_body_that_does_not_come_is_waited_for_only_so_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(request_guard, "BODY_PATIENCE_S", 0.01)

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(60)
        yield b"}"

    async with client(faces()) as face:
        answer = await face.post("/v1/letters", content=never(), headers=JSON)
    is_problem(answer, "408 timeout")


async def test_a_name_that_stands_twice_in_a_body_is_refused(face: Client) -> None:
    answer = await post(face, b'{"subject": "x", "subject": "yy", "body": "x"}')
    is_problem(answer, "400 malformed")


async def test_every_answer_has_the_security_headers(face: Client) -> None:
    for path in ("/health/live", "/metrics", "/nothing", "/v1/letters/fault/now"):
        headers = (await face.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("is_development", [True, False])
async def test_browsers_are_held_to_tls_outside_development(is_development: bool) -> None:
    async with client(faces(is_development=is_development)) as face:
        headers = (await face.get("/health/live")).headers
    assert ("strict-transport-security" in headers) is not is_development


@pytest.mark.parametrize(
    "headers", [{f"x-{number}": "x" for number in range(101)}, {"x-long": "x" * 33_000}]
)
async def test_too_many_headers_or_too_large_ones_are_refused(
    face: Client, headers: dict[str, str]
) -> None:
    is_problem(await face.get("/health/live", headers=headers), "431 headers_too_large")


async def test_a_route_may_say_that_its_answer_can_be_kept() -> None:
    app = faces()

    @app.get("/kept")
    @open_to_all
    async def kept() -> Response:
        return Response("x", headers={"cache-control": "public, max-age=60"})

    async with client(app) as face:
        assert (await face.get("/kept")).headers["cache-control"] == "public, max-age=60"


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
    assert "mailbox_http_request_duration_seconds_bucket" in shown.text


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


@settings(max_examples=budget(300))
@given(BODIES)
def test_no_body_breaks_a_face_or_is_repeated_by_it(body: bytes) -> None:
    logged: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = logged.append  # type: ignore[method-assign, assignment]  # a list is all it takes
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


# --- uploads -----------------------------------------------------------------------------------

MOST = 1_000
UPLOADS = Limits(uploads={"/upload": MOST})


async def _uploading(content: Any, **headers: str) -> tuple[httpx.Response, list[int]]:
    """What a route answers that reads an upload piece by piece, and the sizes of the pieces."""
    pieces: list[int] = []
    app = faces(limits=UPLOADS)

    @app.post("/upload")
    @open_to_all
    async def upload(request: Request) -> int:
        pieces.extend([len(piece) async for piece in request.stream()])
        return sum(pieces)

    async with client(app) as asking:
        answer = await asking.post("/upload", content=content, headers=headers)
    return answer, pieces


async def _two() -> AsyncIterator[bytes]:
    yield b"{" * 400
    yield b"\xff" * 400


async def test_an_upload_reaches_the_route_as_it_arrives() -> None:
    answer, pieces = await _uploading(_two(), **{"content-type": "image/jpeg"})
    assert answer.json() == 800
    assert [size for size in pieces if size] == [400, 400]


async def test_an_upload_is_cut_off_at_its_own_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_guard, "MOST_DISCARDED", 5_000)
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 400
            yield b"x" * 400

    answer, pieces = await _uploading(endless())
    is_problem(answer, "413 too_large")
    assert answer.headers["connection"] == "close"
    assert sum(pieces) <= MOST
    assert sent <= 6_000
    answer, pieces = await _uploading(b"x" * (MOST + 1))
    is_problem(answer, "413 too_large")
    assert pieces == []


async def test_an_upload_must_keep_arriving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_guard, "BODY_PATIENCE_S", 0.05)
    monkeypatch.setattr(request_guard, "UPLOAD_RATE", 100_000)

    async def stalling() -> AsyncIterator[bytes]:
        yield b"x" * 400
        await asyncio.Event().wait()

    answer, _ = await _uploading(stalling())
    is_problem(answer, "408 timeout")
    assert answer.headers["connection"] == "close"


async def test_a_refused_upload_is_received_to_its_end_before_it_is_answered() -> None:
    sent = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(10):
            sent += 400
            yield b"x" * 400

    answer, _ = await _uploading(counted())
    is_problem(answer, "413 too_large")
    assert sent == 4_000
    assert "connection" not in answer.headers


async def test_only_what_is_posted_to_the_path_itself_is_an_upload(face: Client) -> None:
    is_problem(await post(face, b"\xff\xd8", **{"content-type": "image/jpeg"}), "415 not_json")
