"""The router's pages with letters of every kind in every state, served to a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from playwright.async_api import Browser

from shared.web.language import ELDER_COOKIE, LANG_COOKIE, Lang
from tests.router.full_desk import full_desk
from tests.support.browser import WIDE, Scheme, Tab, new_tab
from tests.support.serving import served


class Cookies(Protocol):
    """Signs people in."""

    async def cookies(self, who: str) -> dict[str, str]:
        """The cookies of that person's browser."""


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at a page."""

    width: int = WIDE
    scheme: Scheme = "light"
    lang: Lang = "zh-CN"
    is_elder: bool = False
    has_scripts: bool = True

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies of the switches."""
        return {LANG_COOKIE: self.lang, ELDER_COOKIE: str(int(self.is_elder))}

    @property
    def name(self) -> str:
        """Part of a picture's file name."""
        elder = "-elder" if self.is_elder else ""
        return f"{self.lang[:2]}-{self.width}-{self.scheme}{elder}"


@dataclass(frozen=True, slots=True)
class DeskWorld:
    """The pages, and everybody's cookies."""

    browser: Browser
    address: str
    people: Cookies

    @asynccontextmanager
    async def tab(self, who: str, look: Look | None = None) -> AsyncIterator[Tab]:
        """A tab of somebody who is signed in."""
        look = look or Look()
        cookies = await self.people.cookies(who)
        opened: AbstractAsyncContextManager[Tab] = new_tab(
            self.browser,
            self.address,
            width=look.width,
            scheme=look.scheme,
            has_scripts=look.has_scripts,
            cookies=cookies | look.cookies,
        )
        async with opened as tab:
            yield tab


@asynccontextmanager
async def desk_world(browser: Browser, folder: Path) -> AsyncIterator[DeskWorld]:
    """The world, until the end of the block."""
    async with full_desk(folder) as people:
        app = cast("Any", people.visitors.client._transport).app
        async with served(app) as address:
            yield DeskWorld(browser, address, people)
