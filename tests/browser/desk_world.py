"""The router's pages with letters of every kind in every state, served to a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from playwright.async_api import Browser

from tests.router.desk_pages import Browsers, browsers
from tests.support.browser import WIDE, Scheme, Tab, new_tab
from tests.support.letter_world import fill
from tests.support.serving import served


@dataclass(frozen=True, slots=True)
class DeskWorld:
    """The pages, and everybody's cookies."""

    browser: Browser
    address: str
    people: Browsers

    @asynccontextmanager
    async def tab(
        self,
        who: str,
        *,
        width: int = WIDE,
        scheme: Scheme = "light",
        lang: str = "zh-CN",
        is_elder: bool = False,
        has_scripts: bool = True,
    ) -> AsyncIterator[Tab]:
        """A tab of somebody who is signed in."""
        cookies = await self.people.cookies(who)
        cookies |= {"mailbox_lang": lang, "mailbox_elder": str(int(is_elder))}
        opened: AbstractAsyncContextManager[Tab] = new_tab(
            self.browser,
            self.address,
            width=width,
            scheme=scheme,
            has_scripts=has_scripts,
            cookies=cookies,
        )
        async with opened as tab:
            yield tab


@asynccontextmanager
async def desk_world(browser: Browser, folder: Path) -> AsyncIterator[DeskWorld]:
    """The world, until the end of the block."""
    async with browsers(folder) as people:
        await fill(people.office)
        await people.refresh()
        app = cast("Any", people.client._transport).app
        async with served(app) as address:
            yield DeskWorld(browser, address, people)
