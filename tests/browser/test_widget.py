"""The mailbox on a page of another site, whose policy allows nothing but the script itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.async_api import Browser

from services.intake.pages import widget
from services.intake.pages.widget import WidgetMode, snippet
from tests.support.browser import NARROW, WIDE, Tab, axe_findings, new_tab
from tests.support.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MODES: tuple[WidgetMode, ...] = ("popup", "bay", "directory")
HEAD = (
    "<!doctype html><html lang='{lang}'><head><title>A bureau</title>"
    "<meta name='viewport' content='width=device-width'></head><body><main><h1>A bureau</h1>"
)
TAIL = "<p>Text of the site.</p></main></body></html>"
SHIFTS = (
    "new Promise((done) => { let sum = 0; new PerformanceObserver((list) => { for (const one of "
    "list.getEntries()) sum += one.value; }).observe({type: 'layout-shift', buffered: true});"
    "setTimeout(() => done(sum), 300); })"
)


def foreign_site(text: str, mailbox: str) -> FastAPI:
    """A site with one page, under a strict policy."""
    app = FastAPI()
    policy = f"default-src 'none'; script-src {mailbox}; style-src 'self'; img-src 'self'"

    @app.get("/")
    async def show_page() -> HTMLResponse:
        return HTMLResponse(text, headers={"content-security-policy": policy})

    return app


@asynccontextmanager
async def on_a_site(
    browser: Browser,
    *modes: WidgetMode,
    lang: Literal["zh", "en"] = "zh",
    before: str = "",
    width: int = WIDE,
    has_scripts: bool = True,
) -> AsyncIterator[Tab]:
    """A page of another site that includes the widget."""
    mailbox = FastAPI()
    mailbox.include_router(widget.router)
    async with served(mailbox) as ours:
        lines = "".join(snippet(ours, mode=it, city="guangzhou", lang=lang) for it in modes)
        text = f"{HEAD.format(lang=lang)}{before}{lines}{TAIL}"
        async with (
            served(foreign_site(text, ours)) as theirs,
            new_tab(browser, theirs, width=width, has_scripts=has_scripts) as tab,
        ):
            await tab.page.goto("/")
            yield tab


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("mode", MODES)
async def test_it_is_shown_under_a_strict_policy_and_moves_nothing(
    browser: Browser, mode: WidgetMode, width: int
) -> None:
    async with on_a_site(browser, mode, width=width) as tab:
        box = tab.page.get_by_role("region", name="广州市公安局局长信箱")
        await box.wait_for()
        write = box.get_by_role("link", name="我要写信")
        assert f"/go/website-{mode}/guangzhou" in str(await write.get_attribute("href"))
        assert await box.get_by_role("link", name="110").get_attribute("href") == "tel:110"
        assert not await tab.page.locator("a[data-mailbox-link]").is_visible()
        assert await tab.page.evaluate(SHIFTS) == 0
        assert await tab.page.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.faults == []
        assert await axe_findings(tab.page) == []


async def test_it_speaks_the_pages_language(browser: Browser) -> None:
    async with on_a_site(browser, "popup", lang="en") as tab:
        name = "Write to the police chief of Guangzhou"
        assert await tab.page.get_by_role("region", name=name).is_visible()


@pytest.mark.parametrize("way", ["click", "Escape"])
async def test_whoever_closes_it_is_not_asked_again(browser: Browser, way: str) -> None:
    async with on_a_site(browser, "popup") as tab:
        close = tab.page.get_by_role("button", name="关闭")
        if way == "click":
            await close.click()
        else:
            await close.focus()
            await tab.page.keyboard.press("Escape")
        assert await tab.page.locator("mailbox-widget").count() == 0
        assert await tab.page.locator("a[data-mailbox-link]").is_visible()
        await tab.page.reload()
        assert await tab.page.locator("mailbox-widget").count() == 0
        stored = await tab.page.evaluate("JSON.stringify(localStorage)")
        assert stored.count(":") == 1
        assert tab.faults == []


async def test_several_on_one_page_stand_beside_each_other(browser: Browser) -> None:
    async with on_a_site(browser, "directory", "popup") as tab:
        assert await tab.page.locator("mailbox-widget").count() == 2
        listed = tab.page.get_by_role("region").first
        await listed.get_by_text("各地市信箱").click()
        assert await listed.get_by_role("link").count() == 23
        assert tab.faults == []


async def test_it_never_covers_the_sites_own_warning(browser: Browser) -> None:
    warning = "<style nonce='x'></style><div role='alert'>Typhoon: stay inside.</div>"
    tall = warning + "<p>x</p>" * 5
    async with on_a_site(browser, "popup", before=tall, width=NARROW) as tab:
        await tab.page.set_viewport_size({"width": NARROW, "height": 260})
        alert, box = tab.page.get_by_role("alert"), tab.page.locator("mailbox-widget section")
        await tab.page.evaluate("scrollTo(0, 0)")
        await tab.page.wait_for_timeout(100)
        one, other = await alert.bounding_box(), await box.bounding_box()
        assert one is not None
        assert other is not None
        assert one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]


async def test_without_scripts_it_is_a_plain_link(browser: Browser) -> None:
    async with on_a_site(browser, "popup", has_scripts=False) as tab:
        link = tab.page.get_by_role("link", name="厅长信箱")
        assert "/go/website-popup/guangzhou" in str(await link.get_attribute("href"))


async def test_the_keyboard_reaches_everything_in_order(browser: Browser) -> None:
    async with on_a_site(browser, "popup") as tab:
        reached = []
        for _ in range(3):
            await tab.page.keyboard.press("Tab")
            reached.append(
                await tab.page.evaluate(
                    "document.activeElement.shadowRoot?.activeElement?.textContent"
                )
            )
        assert reached == ["110", "我要写信", "×"]
