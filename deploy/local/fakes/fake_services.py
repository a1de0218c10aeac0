"""The HTTP application that the stand-ins (issuer and gateway) share.

Every response says that it is for development only, and neither starts outside MAILBOX_ENV=dev.
"""

import logging
import os
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from deploy.local.stack.ports import LOOPBACK, BadPorts, Ports, ports_from

HOST = "MAILBOX_STAND_IN_HOST"
PAGES_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "X-Mailbox-Stage": "development only",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(),
    trim_blocks=True,
    lstrip_blocks=True,
)


def application(title: str, *, policy: str = PAGES_POLICY) -> FastAPI:
    """Return an application with health routes, whose problem documents never echo the request.

    `policy`: what its pages may load (`Content-Security-Policy`).
    """
    app = FastAPI(
        title=title,
        openapi_url=None,
        telemetry={"logs": False, "operation_spans": False},
    )
    app.middleware("http")(partial(_marked, policy))
    app.exception_handler(RequestValidationError)(_invalid)
    for path in ("/health/live", "/health/ready"):
        app.get(path)(_well)
    return app


def page(template: str, **values: Any) -> HTMLResponse:
    """Render a template as a page."""
    return HTMLResponse(_PAGES.get_template(template).render(**values))


def problem(status: int, title: str, **more: Any) -> JSONResponse:
    """Return a problem document. Source: RFC 9457."""
    return JSONResponse(
        {"type": "about:blank", "title": title, "status": status, **more},
        status_code=status,
        media_type="application/problem+json",
    )


def serve(name: str, build: Callable[[], FastAPI]) -> int:
    """Serve the stand-in `name` on its port until it is stopped; return an exit code.

    It listens on loopback, unless `MAILBOX_STAND_IN_HOST` names another address, as in a container.
    """
    if os.environ.get("MAILBOX_ENV") != "dev":
        print(f"{name}: for development only: it runs with MAILBOX_ENV=dev alone", file=sys.stderr)
        return 2
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        port = _port(ports_from(os.environ), name)
    except BadPorts as fault:
        print(f"{name}: {fault}", file=sys.stderr)
        return 2
    host = os.environ.get(HOST) or LOOPBACK
    uvicorn.run(build(), host=host, port=port, log_config=None, access_log=False)
    return 0


def _port(ports: Ports, name: str) -> int:
    return ports.named()[name]


async def _marked(
    policy: str, request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    response = await call_next(request)
    response.headers.update(HEADERS | {"Content-Security-Policy": policy})
    return response


async def _invalid(_: Request, fault: Exception) -> JSONResponse:
    errors = fault.errors() if isinstance(fault, RequestValidationError) else []
    where = [{"loc": list(error["loc"]), "code": error["type"]} for error in errors]
    return problem(422, "The request is not as it should be", errors=where)


async def _well() -> dict[str, str]:
    return {"status": "ok"}
