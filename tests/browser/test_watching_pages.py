"""The checks of browser tests, seen to fail: a check that was never seen to fail proves nothing."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.async_api import Browser

from tests.support.browser import axe_findings, new_tab
from tests.support.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

POLICY = {"content-security-policy": "default-src 'self'"}
HEAD = "<!doctype html><html lang='en'><head><title>A page</title></head><body><main><h1>A</h1>"
GOOD = f"{HEAD}<p>Text</p></main></body></html>"
BROKEN = {
    "policy": f"{HEAD}<p style='color: red'>Text</p></main>",
    "script": f"{HEAD}<script src='/throws.js'></script></main>",
    "request to": f"{HEAD}<img alt='' src='http://pictures.invalid/1.png'></main>",
}
INACCESSIBLE = {
    "label": f"{HEAD}<input name='who'></main>",
    "color-contrast": f"{HEAD}<p><font color='#ccc'>Text</font></p></main>",
    "html-has-lang": GOOD.replace(" lang='en'", ""),
    "target-size": f"{HEAD}<button></button><a href='/'>x</a></main>",
}


def app_with(text: str) -> FastAPI:
    """A service with one page."""
    app = FastAPI()

    @app.get("/")
    async def show_page() -> HTMLResponse:
        return HTMLResponse(text, headers=POLICY)

    @app.get("/throws.js")
    async def show_script() -> HTMLResponse:
        return HTMLResponse("throw new Error('planted')", media_type="text/javascript")

    return app


async def test_a_good_page_has_no_findings(browser: Browser) -> None:
    async with served(app_with(GOOD)) as address, new_tab(browser, address) as tab:
        await tab.page.goto("/")
        assert tab.faults == []
        assert await axe_findings(tab.page) == []


@pytest.mark.parametrize("kind", BROKEN)
async def test_what_a_page_may_not_do_is_noted(browser: Browser, kind: str) -> None:
    async with served(app_with(BROKEN[kind])) as address, new_tab(browser, address) as tab:
        await tab.page.goto("/", wait_until="networkidle")
        assert any(fault.startswith(kind) for fault in tab.faults), tab.faults


@pytest.mark.parametrize("rule", ["label", "color-contrast", "html-has-lang"])
async def test_axe_names_the_rule(browser: Browser, rule: str) -> None:
    async with served(app_with(INACCESSIBLE[rule])) as address, new_tab(browser, address) as tab:
        await tab.page.goto("/")
        assert any(found.startswith(rule) for found in await axe_findings(tab.page))
