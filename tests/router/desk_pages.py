"""The pages of triage, chiefs and supervisors in browsers, with the parts behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
from fastapi import APIRouter

from services.router import pages
from services.router.api import RouterDesk, router
from services.router.pages.desk_tools import DeskTools
from services.router.settings import RouterSettings
from tests.intake.faces import opened_face, settings
from tests.router.browsing import ROLES, PageVisitors, hidden_in, main_of, tools_of
from tests.router.office import Office, office
from tests.router.outsiders import PEOPLE
from tests.support.doubles import Memory

ROLES |= {who: [*roles] for who, roles in PEOPLE.items()}
ROLES |= {"second": ["triage"], "example-guangzhou-deputy": ["bureau:guangzhou:chief"]}
_all = APIRouter()
_all.include_router(router)
_all.include_router(pages.router)


@dataclass
class Browsers:
    """Everybody's browser, at the pages of one router."""

    office: Office
    visitors: PageVisitors
    tools: DeskTools
    leases: Memory
    pending: Memory

    async def get(self, who: str, path: str, *, lang: str = "en") -> httpx.Response:
        """Somebody opens a page."""
        return await self.visitors.get(who, path, lang=lang)

    async def post(self, who: str, path: str, **fields: Any) -> httpx.Response:
        """Somebody sends a form with these fields."""
        return await self.visitors.post(who, path, **fields)

    async def send(self, who: str, page: str, path: str, **fields: Any) -> httpx.Response:
        """Somebody opens a page and sends its form to that path, hidden fields included."""
        shown = await self.get(who, page)
        assert shown.status_code == 200, (page, shown.status_code, shown.text[:300])
        return await self.post(who, path, **(hidden_fields(shown.text, path) | fields))

    async def cookies(self, who: str) -> dict[str, str]:
        """The cookies of that person's browser."""
        await self.visitors.as_(who)
        return {cookie.name: cookie.value or "" for cookie in self.visitors.client.cookies.jar}

    async def refresh(self) -> None:
        """The overview's job looks once."""
        await self.tools.overview.refresh(self.office.shelf.now())

    def later(self, *, days: int) -> None:
        """Days pass, after which everybody signs in again."""
        self.office.shelf.now.pass_by(seconds=days * 86_400)
        self.visitors._cookies.clear()

    @property
    def desk(self) -> RouterDesk:
        """The parts that the routes work with."""
        desk: RouterDesk = cast("Any", self.visitors.client._transport).app.state.desk
        return desk


def hidden_fields(text: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with that action, which is there."""
    assert f'action="{action}"' in text, action
    return hidden_in(text, action)


def text_of(text: str) -> str:
    """The text of a page's main part, in one line."""
    return main_of(httpx.Response(200, text=text))


@asynccontextmanager
async def browsers(folder: Path) -> AsyncIterator[Browsers]:
    """The router's pages on a Monday morning."""
    async with office(folder) as opened:
        shelf, leases, pending = opened.shelf, Memory(), Memory()
        desk: RouterDesk = cast("Any", opened.client._transport).app.state.desk
        tools = tools_of(opened, leases=leases, pending=pending)
        async with opened_face(
            settings(RouterSettings, folder),
            _all,
            now=shelf.now,
            forms=(pages.PLACE,),
            desk=desk,
            desk_tools=tools,
        ) as client:
            yield Browsers(opened, PageVisitors(opened, client), tools, leases, pending)
