"""The ASGI middleware around every route: limits on requests, headers on responses.

Requests: bodies within the limit that are JSON, or forms for pages that have some; uploads are
passed on as they arrive. Responses: security headers, a problem instead of a stack trace, and
metrics. Exceptions are logged by class and place, without their text.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Final
from weakref import WeakSet

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.contracts.strict_json import NotStrict, normalised
from shared.kernel.errors import Refused
from shared.platform.http.problems import problem, route_of

LOG = logging.getLogger(__name__)

MAX_BODY = 256 * 1024
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024
"""Most headers of a request, and most bytes of their names, values and the address."""
BODY_PATIENCE_S = 30.0
"""Time within which a body must arrive."""

UPLOAD_RATE: Final = 32 * 1024
"""Bytes of an upload that give it another second, besides `BODY_PATIENCE_S`."""

MOST_DISCARDED: Final = 64 * 1024 * 1024
"""Bytes of a refused upload that are received before it is answered."""

REQUESTS = Counter(
    "mailbox_http_requests_total",
    "HTTP requests answered, by the route's template.",
    ("route", "method", "status"),
    registry=None,
)
SECONDS = Histogram(
    "mailbox_http_request_duration_seconds",
    "Seconds from reading a request's first byte to passing on its response's last byte.",
    ("route", "method"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
    registry=None,
)

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'self'; object-src 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
FORM = "application/x-www-form-urlencoded"
UNCACHED = {"cache-control": "no-store"}
HTTPS_ONLY = {"strict-transport-security": "max-age=31536000"}
"""RFC 6797, one year. Outside development, where a gateway terminates TLS for every service."""

Header = tuple[bytes, bytes]
AsViewed = Callable[[Request, Response], Response]
NO_UPLOADS: Mapping[str, int] = MappingProxyType({})
_WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}
_METHODS = _WITH_BODY | {"GET", "HEAD", "OPTIONS"}
_counted_in: "WeakSet[CollectorRegistry]" = WeakSet()


class BrokenOff(Exception):
    """A response could not be completed after it was started, so the connection is cut."""


class BodyTooLarge(Refused):
    """An upload has more bytes than its path accepts."""

    status = 413
    code = "too_large"


class BodyTooSlow(Refused):
    """An upload doesn't arrive in time."""

    status = 408
    code = "timeout"


class RequestGuardMiddleware:
    """The middleware; `max_body` in bytes."""

    def __init__(
        self,
        app: ASGIApp,
        max_body: int = MAX_BODY,
        *,
        forms: Sequence[str] = (),
        uploads: Mapping[str, int] = NO_UPLOADS,
        is_https: bool = False,
    ) -> None:
        """`forms`: these paths and what lies below them accept forms. `uploads`: what is posted to
        these paths is passed on unread, up to that many bytes. `is_https`: browsers reach us by
        TLS alone, and are told to use nothing else.
        """
        self._app = app
        always = SECURITY_HEADERS | UNCACHED | (HTTPS_ONLY if is_https else {})
        self._always = [(name.encode(), value.encode()) for name, value in always.items()]
        self._max_body = max_body
        self._forms = forms
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. Raises: BrokenOff."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, self._always)
        began = time.perf_counter()
        try:
            await self._within(scope, receive, answer)
        finally:
            _count(scope, answer.status, seconds=time.perf_counter() - began)

    async def _within(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        refusal: Response | None
        try:
            refusal, received = await self._check_body(scope, receive)
            answer.upload = received if isinstance(received, _Upload) else None
            if refusal is None:
                await self._app(scope, received, answer)
        except Exception:
            LOG.exception("request failed")
            if answer.status:
                raise BrokenOff from None
            refusal = problem(500)
        if refusal is not None:
            await _viewed(scope, refusal)(scope, receive, answer)

    async def _check_body(self, scope: Scope, receive: Receive) -> tuple[Response | None, Receive]:
        """Read and check the body; return a refusal, or a way for the route to receive it."""
        if _has_large_headers(scope):
            return problem(431, headers={"connection": "close"}), receive
        headers = Headers(scope=scope)
        if not _has_body(scope["method"], headers):
            return None, receive
        length = headers.get("content-length", "")
        declared = int(length[:12]) if length.isascii() and length.isdecimal() else 0
        most = self._uploads.get(scope["path"]) if scope["method"] == "POST" else None
        if most is not None:
            return problem(413) if declared > most else None, _Upload(receive, most)
        if declared > self._max_body:
            return problem(413, headers={"connection": "close"}), receive
        try:
            async with asyncio.timeout(BODY_PATIENCE_S):
                body = await _read(receive, self._max_body)
        except TimeoutError:
            return problem(408, headers={"connection": "close"}), receive
        if body is None:
            return problem(413, headers={"connection": "close"}), receive
        if self._is_form(scope, headers):
            return None, _replayed(body, receive)
        return _as_json(body, headers, receive)

    def _is_form(self, scope: Scope, headers: Headers) -> bool:
        """Whether the request is a form sent to a page that accepts forms."""
        path: str = scope["path"]
        is_below = any(path == each or path.startswith(f"{each}/") for each in self._forms)
        kind, _, parameters = headers.get("content-type", "").partition(";")
        return is_below and kind.strip().lower() == FORM and _is_utf8(parameters)


class _Upload:
    """Passes an upload on as it arrives, up to `most` bytes."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._began = asyncio.get_running_loop().time()
        self._size = 0
        self._is_whole = self._is_slow = False

    async def __call__(self) -> Message:
        """The next piece. Raises: BodyTooLarge, BodyTooSlow."""
        message = await self._next()
        if self._size > self._most:
            raise BodyTooLarge
        return message

    async def discard(self) -> bool:
        """Receive the rest, because browsers read no answer before they have sent everything.

        False: it is too much, or too slow.
        """
        try:
            while not (self._is_whole or self._is_slow) and self._size <= MOST_DISCARDED:
                await self._next()
        except BodyTooSlow:
            return False
        return self._is_whole

    async def _next(self) -> Message:
        """Raises: BodyTooSlow."""
        until = self._began + BODY_PATIENCE_S + self._size / UPLOAD_RATE
        try:
            async with asyncio.timeout_at(until):
                message = await self._receive()
        except TimeoutError:
            self._is_slow = True
            raise BodyTooSlow from None
        self._size += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        return message


class _Answer:
    """Passes messages on, adding the headers that every response has."""

    def __init__(self, send: Send, always: Sequence[Header]) -> None:
        self._send = send
        self._always = always
        self.status = 0
        self.upload: _Upload | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            if self.upload is not None and not await self.upload.discard():
                headers.append((b"connection", b"close"))
            given_names = {name.lower() for name, _ in headers}
            message["headers"] = headers + [
                header for header in self._always if header[0] not in given_names
            ]
        await self._send(message)


def _viewed(scope: Scope, refusal: Response) -> Response:
    """The refusal as the application's pages show it, if it has pages."""
    app = scope.get("app")
    as_viewed: AsViewed | None = app and getattr(app.state, "as_viewed", None)
    return as_viewed(Request(scope), refusal) if as_viewed else refusal


def count_in(registry: CollectorRegistry) -> None:
    """Register the request metrics in `registry`; repeated calls change nothing."""
    if registry not in _counted_in:
        registry.register(REQUESTS)
        registry.register(SECONDS)
        _counted_in.add(registry)


def _has_large_headers(scope: Scope) -> bool:
    headers: Sequence[Header] = scope["headers"]
    size = sum(len(name) + len(value) for name, value in headers)
    size += len(scope.get("raw_path") or b"") + len(scope["query_string"])
    return len(headers) > MAX_HEADERS or size > MAX_HEADER_BYTES


def _has_body(method: str, headers: Headers) -> bool:
    return method in _WITH_BODY or "content-length" in headers or "transfer-encoding" in headers


async def _read(receive: Receive, most: int) -> bytes | None:
    """Read the whole body; None as soon as it is longer than `most`."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    is_given = False

    async def next_message() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return next_message


def _as_json(body: bytes, headers: Headers, receive: Receive) -> tuple[Response | None, Receive]:
    """Check that the body is strict JSON; lone surrogates are refused later, at their field."""
    kind, _, parameters = headers.get("content-type", "").partition(";")
    is_json = kind.strip().lower() == "application/json" and _is_utf8(parameters)
    if body and not is_json:
        return problem(415), receive
    try:
        return None, _replayed(normalised(body) if body else body, receive)
    except NotStrict:
        return problem(400), receive


def _is_utf8(parameters: str) -> bool:
    return parameters.strip().lower() in {"", "charset=utf-8", 'charset="utf-8"'}


def _count(scope: Scope, status: int, *, seconds: float) -> None:
    route = getattr(route_of(scope), "path", None) or "unmatched"
    method = scope["method"] if scope["method"] in _METHODS else "other"
    requests, durations = _metrics_of(route, method, status=str(status or 499))
    requests.inc()
    durations.observe(seconds)


@cache
def _metrics_of(route: str, method: str, *, status: str) -> tuple[Counter, Histogram]:
    """Cached children of the metrics; few, because all labels come from closed sets."""
    return REQUESTS.labels(route, method, status), SECONDS.labels(route, method)
