"""The citizens' pages as they are heard and reached without a mouse or a wide screen."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from shared.web.language import Lang
from tests.browser.desk_world import DeskWorld, Look
from tests.browser.writer_world import writer_world
from tests.support.accessibility_tree import accessibility_tree, tab_faults
from tests.support.browser import HEIGHT, NARROW, axe_findings
from tests.support.page_list import WRITERS_PAGES, WRITTEN, StaffPage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(180),
]
HAN = re.compile("[一-鿿]")
FOREIGN = """
(script) => {
  const shown = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!new RegExp(script, "u").test(node.data) || !parent.checkVisibility()) continue;
    if (parent.matches("script, style")) continue;
    const lang = parent.closest("[lang]").lang;
    if (lang !== "zh-CN") shown.push(node.data.trim().slice(0, 40));
  }
  return shown;
}
"""
"""Text in Chinese that isn't marked as such."""
SMALL = """
() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((one) => one.checkVisibility() && one.type !== "hidden" && !one.matches(".skip-link"))
  .map((one) => [one, (one.closest("label") || one).getBoundingClientRect()])
  .filter(([one, box]) => (box.width < 24 || box.height < 24)
    && !(one.tagName === "A" && getComputedStyle(one).display === "inline"))
  .map(([one, box]) => `${one.tagName} ${one.textContent.trim()} ${box.width}x${box.height}`)
"""
"""WCAG 2.2, 2.5.8: targets of less than 24 by 24 pixels, except links within a sentence."""
WIDER = """
() => {
  const most = document.documentElement.clientWidth;
  return [...document.querySelectorAll("main *, header *, footer *")]
    .filter((one) => one.checkVisibility() && !one.matches(".visually-hidden, .skip-link"))
    .filter((one) => one.getBoundingClientRect().right > most + 1)
    .map((one) => `${one.tagName} ${one.className}`)
    .concat(document.scrollingElement.scrollWidth > most ? ["the page"] : []);
}
"""
ZOOMED = 320
"""1,280 pixels at 400 %."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DeskWorld]:
    async with writer_world(browser, tmp_path_factory.mktemp("keys")) as opened:
        yield opened


PAGES = [
    pytest.param(page, id=page.name, marks=[pytest.mark.slow] * (page.name != "write-matter"))
    for page in WRITERS_PAGES
]
"""The short run looks at one."""


async def check_size(page: Page) -> None:
    """Nothing is wider than the window, and everything can be hit."""
    assert await page.evaluate(WIDER) == []
    assert await page.evaluate(SMALL) == []


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("writers_page", PAGES)
async def test_a_page_is_heard_with_names_landmarks_and_languages(
    world: DeskWorld, writers_page: StaffPage, lang: Lang
) -> None:
    async with world.tab(writers_page.who, Look(width=NARROW, lang=lang)) as tab:
        await tab.page.goto(writers_page.address)
        tree = await accessibility_tree(tab.page)
        assert list(tree.faults()) == []
        title = await tab.page.title()
        assert not re.search("红绿灯|居住证|Permit", title), "a subject in the title"
        if lang == "en":
            assert await tab.page.evaluate(FOREIGN, "\\p{Script=Han}") == []
            assert not HAN.search(title)
        await tab.page.set_viewport_size({"width": ZOOMED, "height": HEIGHT})
        await check_size(tab.page)
        assert tab.faults == []


@pytest.mark.parametrize("writers_page", PAGES)
async def test_a_page_is_gone_through_by_tab_alone_in_large_type_at_400_percent(
    world: DeskWorld, writers_page: StaffPage
) -> None:
    look = Look(width=ZOOMED, is_elder=True, scheme="dark")
    async with world.tab(writers_page.who, look) as tab:
        await tab.page.goto(writers_page.address)
        await check_size(tab.page)
        assert await tab_faults(tab.page) == []


WRONG = [
    *(
        pytest.param(f"/write/wrong-letter/{name}", field, id=f"write-{name}")
        for name, field in {
            "kind": "category",
            "mailbox": "addressed_to",
            "about": "about.kind",
            "matter": "subject",
            "consent": "consent_to_publish",
        }.items()
    ),
    *(
        pytest.param(f"/my/letters/{WRITTEN[letter]}/{name}", field, id=f"my-{name}")
        for letter, name, field in (
            ("asked", "answer", "text"),
            ("new", "addition", "text"),
            ("answered", "rating", "solved"),
            ("answered", "reopening", "text"),
            ("refused", "appeal", "text"),
        )
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize(("path", "field"), WRONG)
async def test_an_error_is_announced_and_belongs_to_its_field(
    world: DeskWorld, path: str, field: str, lang: Lang
) -> None:
    async with world.tab("chen", Look(width=NARROW, lang=lang)) as tab:
        page = tab.page
        await page.goto(path)
        await page.locator("main form button").first.press("Enter")
        await page.locator("[data-error-summary]").wait_for()
        error = {"zh-CN": "有误", "en": "Error"}[lang]
        assert (await page.title()).startswith(error)
        tree = await accessibility_tree(page)
        assert list(tree.faults()) == []
        assert len(tree.all("alert")) == 1
        summary = page.locator("[data-error-summary]")
        assert await summary.evaluate("(one) => one === document.activeElement")
        described = [each for each in tree.nodes if error in each.description]
        assert described
        assert all(each in described for each in tree.nodes if each.is_invalid)
        assert await axe_findings(page) == []
        await summary.focus()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.name") == field
        assert tab.faults == []
