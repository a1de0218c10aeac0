"""Static server of the sample frontend, on an origin of its own, as another office's site is."""

import os
import sys
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from deploy.local.fakes.fake_services import application, serve
from deploy.local.stack.plan import SAMPLE_CLIENT_ID, issuer_variable

SITE = Path(__file__).with_name("site")


def build(issuer: str, intake: str) -> FastAPI:
    """Return the application; `issuer`: the citizens' one, `intake`: where letters are sent."""
    provider = "/".join(issuer.split("/")[:3])
    app = application(
        "Sample frontend",
        policy=(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
            f"connect-src 'self' {intake} {provider}; "
            "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
        ),
    )

    @app.get("/config.json")
    async def config() -> dict[str, Any]:
        return {"issuer": issuer, "intake": intake, "client": SAMPLE_CLIENT_ID}

    app.mount("/", StaticFiles(directory=SITE, html=True))
    return app


def _from_environment() -> FastAPI:
    return build(os.environ[issuer_variable("citizens")], os.environ["MAILBOX_SAMPLE_INTAKE"])


if __name__ == "__main__":
    sys.exit(serve("sample", _from_environment))
