"""The running stack as staff and writers meet it in a browser: they really sign in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from playwright.async_api import Browser, Page

from deploy.local.stack.plan import url
from deploy.local.stack.supervisor import Stack, running_stack
from shared.web.language import LANG_COOKIE
from tests.journeys.people import People
from tests.support.browser import Tab, new_tab

NEEDED: Final = ("broker", "database", "topics", "issuer", "intake", "router")
PATIENCE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class RunningDesks:
    """The services, and people with browsers."""

    stack: Stack
    browser: Browser
    people: People

    def face(self, service: str) -> str:
        """The address of a service."""
        return url(self.stack.ports.named()[service])

    @asynccontextmanager
    async def tab(
        self, who: str, *, service: str = "router", lang: str = "zh-CN", has_scripts: bool = True
    ) -> AsyncIterator[Desk]:
        """A browser of that person."""
        address, cookies = self.face(service), {LANG_COOKIE: lang}
        async with new_tab(self.browser, address, has_scripts=has_scripts, cookies=cookies) as tab:
            yield Desk(tab, who)

    async def write(self, who: str = "chen", **letter: Any) -> httpx.Response:
        """A citizen sends a letter."""
        body = {
            "subject": "红绿灯不亮",
            "body": "村口的红绿灯坏了三个月，车开得很快，请交警来看看。",
            "category": "request",
            "place": {},
            "consent_to_publish": False,
            "send_anyway": "same_matter",
            **letter,
        }
        address, key = f"{self.face('intake')}/v1/letters", f"browser-{hash(str(body))}"
        return await self.people.call(who, "POST", address=address, key=key, body=body)


@dataclass(frozen=True, slots=True)
class Desk:
    """A person at work in a tab."""

    tab: Tab
    who: str

    @property
    def page(self) -> Page:
        """The page that is open."""
        return self.tab.page

    async def open(self, path: str) -> None:
        """Open a page with its style sheet, and sign in if it asks for that."""
        await self.page.goto(path)
        await self.sign_in()
        await self.page.wait_for_load_state("load")

    async def sign_in(self) -> None:
        """Choose oneself on the issuer's page, if it is open."""
        chosen = self.page.locator("a.person", has=self.page.locator(f'code:text-is("{self.who}")'))
        if "/authorize" in self.page.url:
            await chosen.first.click()

    async def press(self, selector: str) -> None:
        """Press what the selector finds first."""
        await self.page.locator(selector).first.click()

    async def send(self, step: str = "send") -> None:
        """Press the button of that step."""
        await self.press(f'main button[name="step"][value="{step}"]')

    async def tab_to(self, selector: str) -> None:
        """Move there by the Tab key alone."""
        wanted = self.page.locator(selector).first
        for _ in range(120):
            await self.page.keyboard.press("Tab")
            if await wanted.evaluate("(one) => one === document.activeElement"):
                return
        raise AssertionError(f"the Tab key doesn't reach {selector}")

    async def shows(self, text: str) -> bool:
        """Whether the main part contains the text."""
        return text in await self.page.locator("main").inner_text()

    async def finds(self, selector: str) -> bool:
        """Whether the page has what the selector looks for."""
        return await self.page.locator(selector).count() > 0

    async def until(self, path: str, holds: Callable[[], Awaitable[bool]]) -> None:
        """Load a page again until it shows what is waited for."""
        await self.page.goto(path)
        while not await holds():
            await self.page.wait_for_timeout(300)
            await self.page.goto(path)


@asynccontextmanager
async def running_desks(
    browser: Browser, folder: Path, *, beside: Sequence[str] = ()
) -> AsyncIterator[RunningDesks]:
    """The stack, until the end of the block. `beside`: more of its parts."""
    async with (
        running_stack(folder, only=(*NEEDED, *beside), session_ms=1_000) as stack,
        httpx.AsyncClient(timeout=15) as client,
    ):
        yield RunningDesks(stack, browser, People(stack, client, patience_s=PATIENCE_S))
