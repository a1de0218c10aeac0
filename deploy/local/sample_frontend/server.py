"""Static server of the sample frontend, on an origin of its own, as another office's site is."""

import os
import sys
from pathlib import Path
from typing import Any, Literal

from fastapi import FastAPI
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from deploy.local.fakes.fake_services import application, serve
from deploy.local.stack.plan import SAMPLE_CLIENT_ID, issuer_variable
from services.intake.pages.widget import WidgetMode, snippet

SITE = Path(__file__).with_name("site")
FOREIGN = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>A bureau’s own site: {mode}</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>示例网站 A site of its own</h1>
<p>本页引用了信箱组件（{mode}）。 This page includes the mailbox’s widget.</p>
{line}
<p><a href="/sites/popup">popup</a> · <a href="/sites/bay">bay</a> ·
<a href="/sites/directory">directory</a></p>
</main></body></html>
"""


def build(issuer: str, intake: str) -> FastAPI:
    """Return the application; `issuer`: the citizens' one, `intake`: where letters are sent."""
    provider = "/".join(issuer.split("/")[:3])
    app = application(
        "Sample frontend",
        policy=(
            f"default-src 'none'; script-src 'self' {intake}; "
            "style-src 'self'; img-src 'self' blob:; "
            f"connect-src 'self' {intake} {provider}; "
            "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
        ),
    )

    @app.get("/config.json")
    async def config() -> dict[str, Any]:
        return {"issuer": issuer, "intake": intake, "client": SAMPLE_CLIENT_ID}

    @app.get("/sites/{mode}")
    async def show_site(mode: WidgetMode, lang: Literal["zh", "en"] = "zh") -> HTMLResponse:
        """Return a page of a foreign site that includes the mailbox's widget."""
        line = snippet(intake, mode=mode, city="guangzhou", lang=lang)
        return HTMLResponse(FOREIGN.format(lang=lang, mode=mode, line=line))

    app.mount("/", StaticFiles(directory=SITE, html=True))
    return app


def _from_environment() -> FastAPI:
    return build(os.environ[issuer_variable("citizens")], os.environ["MAILBOX_SAMPLE_INTAKE"])


if __name__ == "__main__":
    sys.exit(serve("sample", _from_environment))
