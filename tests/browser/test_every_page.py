"""Each page as people see it: accessible, at any width, in both schemes and elder mode."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.desk_world import DeskWorld, Look, desk_world
from tests.browser.duty_world import duty_world
from tests.browser.editors_world import editors_world
from tests.browser.writer_world import writer_world
from tests.intake.story import NAME
from tests.support.browser import NARROW, WIDE, axe_findings
from tests.support.page_list import (
    DECISION_PAGES,
    DUTY_PAGES,
    EDITORS_PAGES,
    ROUTER_PAGES,
    WRITERS_PAGES,
    StaffPage,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(180),
]

LOOKS: dict[str, Look] = {
    "wide": Look(),
    "narrow": Look(width=NARROW, scheme="dark", lang="en"),
    "elder": Look(width=NARROW, is_elder=True),
}
if os.environ.get("BROWSER_SHORT"):
    LOOKS = {"narrow": LOOKS["narrow"]}
TARGET = {False: 44, True: 60}
"""Least pixels of what is pressed, by elder mode."""
TEXT = {False: 14, True: 18}
"""Least pixels of text."""
PRESSED = (
    "button, .button, select, textarea, summary, .choice label, .tabs a, .masthead a,"
    "input:not([type=hidden]):not([type=radio]):not([type=checkbox])"
)
READ = ", ".join(f"main {tag}" for tag in ("p", "li", "dd", "dt", "td", "th", "label"))
SMALL_TARGETS = """
([chosen, least]) => [...document.querySelectorAll(chosen)]
  .filter((one) => one.checkVisibility() && !one.matches(".visually-hidden")
    && one.getBoundingClientRect().height < least - 0.5)
  .map((one) => `${one.tagName} ${one.className} ${one.getBoundingClientRect().height}`)
"""
SMALL_TEXT = """
([chosen, least]) => [...document.querySelectorAll(chosen)]
  .map((one) => [one, parseFloat(getComputedStyle(one).fontSize)])
  .filter(([one, size]) => one.checkVisibility() && size < least - 0.1)
  .map(([one, size]) => `${one.tagName} ${one.className} ${size}`)
"""
PERSONAL = (NAME, "红绿灯", "居住证", "消防通道", "Permit")
"""A writer's name, and what the letters are about: histories of browsers contain titles."""
STORED = "async () => [...await caches.keys(), ...Object.keys(localStorage)]"
OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
ENLARGED = f"() => {{ document.documentElement.style.fontSize = '400%'; return {OVERFLOW}; }}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DeskWorld]:
    async with desk_world(browser, tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def duty(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DeskWorld]:
    async with duty_world(browser, tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def writers(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DeskWorld]:
    async with writer_world(browser, tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def at_publisher(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DeskWorld]:
    async with editors_world(browser, tmp_path_factory.mktemp("keys")) as opened:
        yield opened


CASES = [
    pytest.param(page, look, id=f"{page.name}-{look}")
    for page in ROUTER_PAGES
    for look in LOOKS
    if look == "narrow" or page not in DECISION_PAGES
]
"""Decisions share the template of the handlers' actions: one look will do. So do writers' forms."""


@pytest.mark.parametrize(("page", "look"), CASES)
async def test_the_desk_is_accessible(world: DeskWorld, page: StaffPage, look: str) -> None:
    await check(world, page, LOOKS[look])


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("page", DUTY_PAGES, ids=lambda page: page.name)
async def test_the_duty_desk_is_accessible(duty: DeskWorld, page: StaffPage, look: str) -> None:
    await check(duty, page, LOOKS[look])


@pytest.mark.parametrize(
    ("page", "look"),
    [
        pytest.param(page, look, id=f"{page.name}-{look}")
        for page in WRITERS_PAGES
        for look in LOOKS
        if look == "narrow" or not page.is_form
    ],
)
async def test_the_writers_pages_are_accessible(
    writers: DeskWorld, page: StaffPage, look: str
) -> None:
    await check(writers, page, LOOKS[look])


@pytest.mark.parametrize(
    ("page", "look"),
    [
        pytest.param(page, look, id=f"{page.name}-{look}")
        for page in EDITORS_PAGES
        for look in LOOKS
        if look == "narrow" or not page.is_form
    ],
)
async def test_the_publishers_pages_are_accessible(
    at_publisher: DeskWorld, page: StaffPage, look: str
) -> None:
    await check(at_publisher, page, LOOKS[look])


async def check(world: DeskWorld, page: StaffPage, look: Look) -> None:
    """The page has no fault in this look."""
    async with world.tab(page.who, look) as tab:
        shown = await tab.page.goto(page.address)
        assert tab.faults == []
        assert await axe_findings(tab.page) == []
        assert await tab.page.evaluate(OVERFLOW) == 0, "the page scrolls sideways"
        assert await tab.page.evaluate(SMALL_TARGETS, [PRESSED, TARGET[look.is_elder]]) == []
        assert await tab.page.evaluate(SMALL_TEXT, [READ, TEXT[look.is_elder]]) == []
        if page in WRITERS_PAGES:
            assert shown is not None
            assert shown.headers["cache-control"] == "no-store"
            title = await tab.page.title()
            assert not [each for each in PERSONAL if each in title]
            assert await tab.page.evaluate(STORED) == []
            assert look.width != WIDE or await tab.page.evaluate(ENLARGED) <= 0
