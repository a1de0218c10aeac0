"""Two editors publish a letter on the running stack, and a reader finds it."""

from __future__ import annotations

from playwright.async_api import Browser

from tests.browser.running import Desk
from tests.support.browser import NARROW, WIDE, new_tab

FIRST, SECOND = "editor-mei", "editor-zhou"
PUBLIC = "夜间出行安全"
"""The title that the editors give: unlike those of the letters that other tests write."""


async def publish(browser: Browser, address: str, title: str) -> None:
    """Give the letter a title and propose it as one editor, and approve it as another one."""
    async with new_tab(browser, address, width=WIDE) as tab:
        desk, link = Desk(tab, FIRST), tab.page.locator("tbody a", has_text=title)
        await desk.open("/editors")
        await desk.until("/editors", lambda: _is_there(desk, title))
        await link.click()
        await desk.press('main a[href$="/wording"]')
        await tab.page.locator("#title").fill(PUBLIC)
        await desk.press("main form button.primary")
        await tab.page.wait_for_url("**?done=reworded")
        await desk.press('main a[href$="/proposal"]')
        looked = tab.page.locator('input[name="looked"]')
        if await looked.count():
            await looked.check()
        await desk.press("main form button.primary")
        await tab.page.wait_for_url("**?done=proposed")
        assert await tab.page.locator('main a[href$="/approval"]').count() == 0
        assert tab.faults == []
    async with new_tab(browser, address, width=NARROW) as tab:
        desk = Desk(tab, SECOND)
        await desk.open("/editors?list=proposed")
        await tab.page.locator("tbody a", has_text=PUBLIC).click()
        await desk.press('main a[href$="/approval"]')
        await tab.page.locator(".preview").wait_for()
        await desk.press("main form button.primary")
        await tab.page.wait_for_url("**?done=published")
        assert tab.faults == []


async def find(browser: Browser, address: str) -> str:
    """Find the letter in the reading room by list and search; return the text of its page."""
    async with new_tab(browser, address, width=NARROW) as tab:
        await tab.page.goto("/")
        found = tab.page.locator("main .list a", has_text=PUBLIC)
        await found.wait_for()
        await tab.page.locator('input[name="words"]').fill("红绿灯 三个月")
        await tab.page.locator("main form button").click()
        await found.click()
        await tab.page.locator("main section.reply").wait_for()
        assert tab.faults == []
        return await tab.page.locator("main").inner_text()


async def _is_there(desk: Desk, title: str) -> bool:
    return await desk.shows(title)
