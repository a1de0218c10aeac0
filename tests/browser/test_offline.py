"""Without a network nothing that was typed is lost, and nothing of it is stored in the browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page
from starlette.responses import HTMLResponse

from services.intake.pages.offline import SAYS
from tests.browser.desk_world import DeskWorld, Look
from tests.browser.writer_world import DRAFT, writer_world
from tests.support.browser import NARROW, Tab, axe_findings
from tests.support.page_list import WRITTEN

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(120),
]

PHONE = Look(width=NARROW, lang="en")
TYPED = 'The lamp </textarea> & "the bridge"\n\nhave been dark since May.'
MATTER = f"/write/{DRAFT}/matter"
STORED = """async () => [
  ...await caches.keys(), ...(await indexedDB.databases()).map((one) => one.name),
  ...Object.keys(localStorage), ...Object.keys(sessionStorage)]"""

UPDATED = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/my");
  const started = registration.installing || registration.waiting
    || (await registration.update()).installing;
  if (started) await new Promise((done) => {
    if (started.state === "activated") done();
    started.addEventListener("statechange", () => started.state === "activated" && done());
  });
}"""


@dataclass
class Gateway:
    """A gateway whose service may be away."""

    app: Any = None
    is_away: bool = False
    holds: asyncio.Event | None = None
    """What forms wait for."""

    def before(self, app: Any) -> Gateway:
        """Stand before this application."""
        self.app = app
        return self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass it on, or say that nobody answers."""
        if self.holds and scope["method"] == "POST":
            await self.holds.wait()
        away = HTMLResponse("<title>502</title>Bad gateway", 502)
        await (away if self.is_away else self.app)(scope, receive, send)


@dataclass(frozen=True)
class Line:
    """Writers' pages, and the gateway between them and their browsers."""

    world: DeskWorld
    gateway: Gateway


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def line(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Line]:
    gateway, folder = Gateway(), tmp_path_factory.mktemp("keys")
    async with writer_world(browser, folder, behind=gateway.before) as world:
        yield Line(world, gateway)


async def opened(tab: Tab, path: str) -> Page:
    """The page, when its worker is there."""
    await tab.page.goto(path)
    await tab.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    return tab.page


async def press(page: Page) -> None:
    """Send the page's form."""
    await page.locator("main form button").last.click()


@pytest.mark.parametrize("how", ["offline", pytest.param("away", marks=pytest.mark.slow)])
async def test_what_was_typed_is_sent_when_the_network_is_back(line: Line, how: str) -> None:
    async with line.world.tab("chen", PHONE) as tab:
        page = await opened(tab, MATTER)
        await page.locator("#body").fill(TYPED)
        await (tab.context.set_offline(True) if how == "offline" else _away(line, is_away=True))
        for _ in range(2):
            await press(page)
            await page.get_by_role("heading", name="No connection to the mailbox").wait_for()
            assert await page.locator('textarea[name="body"]').input_value() == TYPED
            assert str(SAYS["kept"]) in await page.locator("main").inner_text()
            assert await page.locator('a[href="tel:110"]').is_visible()
        assert await axe_findings(page) == []
        assert await page.evaluate(STORED) == []
        await tab.context.set_offline(False)
        await _away(line, is_away=False)
        await press(page)
        await page.wait_for_url("**/files")
        await page.goto(MATTER)
        assert await page.locator("#body").input_value() == TYPED
        assert [fault for fault in tab.faults if "policy" in fault] == []


async def _away(line: Line, *, is_away: bool) -> None:
    line.gateway.is_away = is_away


@pytest.mark.slow
async def test_a_page_that_does_not_come_is_opened_later(line: Line) -> None:
    async with line.world.tab("chen", Look(width=NARROW, lang="zh-CN", is_elder=True)) as tab:
        page = await opened(tab, "/my/letters")
        letter = f"/my/letters/{WRITTEN['asked']}?done=answer"
        await tab.context.set_offline(True)
        await page.goto(letter)
        assert await page.locator("html").get_attribute("class") == "elder"
        assert await page.locator("h1").inner_text() == "暂时无法连接信箱"
        await tab.context.set_offline(False)
        await page.locator("main a.button").click()
        await page.wait_for_url(f"**{letter}")
        assert await page.locator("main .banner").count() == 1


@pytest.mark.slow
async def test_a_file_that_was_not_sent_is_chosen_again(line: Line, tmp_path: Path) -> None:
    document = tmp_path / "seen.pdf"
    document.write_bytes(b"%PDF-1.4" + bytes(1_000_000))
    async with line.world.tab("chen", PHONE) as tab:
        page = await opened(tab, f"/write/{DRAFT}/files")
        await page.locator('input[type="file"]').set_input_files(document)
        await tab.context.set_offline(True)
        await page.locator("main form button.secondary").click()
        await page.get_by_text(str(SAYS["file"])).wait_for()
        await tab.context.set_offline(False)
        await page.locator("main a.button").click()
        assert await page.locator('input[type="file"]').count() == 1


@pytest.mark.slow
async def test_the_page_follows_the_language(line: Line) -> None:
    async with line.world.tab("chen", PHONE) as tab:
        page = await opened(tab, "/my/letters")
        await page.get_by_role("link", name="中文").click()
        await page.evaluate(UPDATED)
        await tab.context.set_offline(True)
        await page.reload()
        assert await page.locator("html").get_attribute("lang") == "zh-CN"


HIDE = """() => {
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.slow
async def test_a_text_is_saved_before_the_phone_shows_something_else(line: Line) -> None:
    line.gateway.holds = asyncio.Event()
    async with line.world.tab("chen", PHONE) as tab:
        page = tab.page
        await page.goto(MATTER)
        await page.locator("#body").fill("First half")
        await page.evaluate(HIDE)
        await page.locator("#body").fill("First half, second half")
        await press(page)
        line.gateway.holds.set()
        await page.wait_for_url("**/files")
        await page.goto(MATTER)
        assert await page.locator("#body").input_value() == "First half, second half"
        await page.locator("#body").fill("Third")
        await page.evaluate(HIDE)
        await page.get_by_text("Saved at").wait_for()
        await page.reload()
        assert await page.locator("#body").input_value() == "Third"
        assert tab.faults == []
