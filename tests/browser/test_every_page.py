"""Each page of staff as people see it: accessible, at any width, in both schemes and elder mode."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.desk_world import DeskWorld, desk_world
from tests.support.browser import axe_findings
from tests.support.page_list import ROUTER_PAGES, StaffPage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(180),
]

LOOKS = {
    "wide": {"width": 1280, "scheme": "light", "lang": "zh-CN", "is_elder": False},
    "narrow": {"width": 360, "scheme": "dark", "lang": "en", "is_elder": False},
    "elder": {"width": 360, "scheme": "light", "lang": "zh-CN", "is_elder": True},
}
TARGET = {False: 44, True: 60}
"""Least pixels of what is pressed, by elder mode."""
TEXT = {False: 14, True: 18}
"""Least pixels of text."""
SMALL_TARGETS = """
(least) => [...document.querySelectorAll(
  "button, .button, select, textarea, input:not([type=hidden]):not([type=radio]):not([type=checkbox]),"
  + " .choice label, .tabs a, .masthead a, summary")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < least - 0.5)
  .map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 20)} `
    + Math.round(one.getBoundingClientRect().height))
"""
SMALL_TEXT = """
(least) => [...document.querySelectorAll("main p, main li, main dd, main dt, main td, main th, main label")]
  .filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < least - 0.1)
  .map((one) => `${one.tagName} ${one.className} ${getComputedStyle(one).fontSize}`)
"""
OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DeskWorld]:
    async with desk_world(browser, tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("page", ROUTER_PAGES, ids=lambda page: page.name)
async def test_the_page_is_accessible(world: DeskWorld, page: StaffPage, look: str) -> None:
    chosen = LOOKS[look]
    is_elder = bool(chosen["is_elder"])
    async with world.tab(page.who, **chosen) as tab:
        await tab.page.goto(page.address)
        assert tab.faults == []
        assert await axe_findings(tab.page) == []
        assert await tab.page.evaluate(OVERFLOW) == 0, "the page scrolls sideways"
        assert await tab.page.evaluate(SMALL_TARGETS, TARGET[is_elder]) == []
        assert await tab.page.evaluate(SMALL_TEXT, TEXT[is_elder]) == []
