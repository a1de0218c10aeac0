"""Debian's Chromium as tests use it: tabs that note what no page may do, and axe's findings.

A tab records each violation of the content security policy, each error on the console, each error
of a script and each request to another host; a test asserts that there is none.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, Request, async_playwright

from tests.support.programs import CHROMIUM

WIDE: Final = 1280
NARROW: Final = 360
HEIGHT: Final = 800
TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""Rules of axe that every page keeps."""
HERE: Final = frozenset({"127.0.0.1", "localhost"})
Scheme = Literal["light", "dark"]

_NOTE_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  window.noteViolation(`${event.violatedDirective} ${event.blockedURI}`));
"""
_axe: Any = Axe()


@dataclass
class Tab:
    """A page in a browser, and what it did wrong since it was opened."""

    page: Page
    faults: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)
    """Bytes of HTML by path, unpacked."""

    @property
    def context(self) -> BrowserContext:
        """The profile with its cookies."""
        return self.page.context

    def on_request(self, request: Request) -> None:
        """Note what goes to another host."""
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in HERE:
            self.faults.append(f"request to {parts.hostname}")

    def on_console(self, kind: str, text: str) -> None:
        """Note errors; a page that answers 4xx on purpose is none."""
        if kind == "error" and "Failed to load resource" not in text:
            self.faults.append(f"console: {text}")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The browser, until the end of the block. Root needs it without a sandbox."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which(CHROMIUM[0]), args=arguments
        )
        try:
            yield browser
        finally:
            await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of a process."""
    async with chromium() as opened:
        yield opened


@asynccontextmanager
async def new_tab(
    browser: Browser,
    address: str,
    *,
    width: int = WIDE,
    scheme: Scheme = "light",
    has_scripts: bool = True,
    cookies: Mapping[str, str] | None = None,
) -> AsyncIterator[Tab]:
    """A tab of a profile of its own, where paths are below `address`."""
    context = await browser.new_context(
        base_url=address,
        viewport={"width": width, "height": HEIGHT},
        color_scheme=scheme,
        java_script_enabled=has_scripts,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    if cookies:
        await context.add_cookies(
            [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
        )
    try:
        yield await watched(await context.new_page())
    finally:
        await context.close()


async def watched(page: Page) -> Tab:
    """A tab that notes what the page does wrong from now on."""
    tab = Tab(page)
    await page.expose_function("noteViolation", lambda text: tab.faults.append(f"policy: {text}"))
    await page.add_init_script(_NOTE_VIOLATIONS)
    page.on("console", lambda message: tab.on_console(message.type, message.text))
    page.on("pageerror", lambda error: tab.faults.append(f"script: {error.message}"))
    page.on("request", tab.on_request)
    return tab


async def axe_findings(page: Page) -> list[str]:
    """What axe finds wrong, as rule and element; empty on a page that keeps WCAG 2.2 AA."""
    found = await _axe.run(page, options={"runOnly": {"type": "tag", "values": list(TAGS)}})
    return [
        f"{violation['id']}: {' '.join(map(str, node['target']))}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
