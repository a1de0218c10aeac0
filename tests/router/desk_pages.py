"""The router's pages as staff see them in a browser: each person signed in with their roles."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
from fastapi import APIRouter

from services.router import pages
from services.router.api import RouterDesk, router
from services.router.pages.desk_tools import DeskTools
from services.router.settings import RouterSettings
from services.router.store.desk_leases import DeskLeases
from services.router.store.overview import LetterOverview
from services.router.store.pending_decisions import PendingDecisions
from services.router.store.read_share import ReadShares
from services.router.wiring import HERE
from shared.platform.http.tokens import Person
from shared.web.site import install
from tests.intake.faces import opened_face, settings
from tests.router.desking import ROLES as DESK_ROLES
from tests.router.office import STAFF, Office, office
from tests.router.outsiders import PEOPLE
from tests.support.doubles import Memory
from tests.support.sign_in import BROWSER, signed_in

DEPUTIES = {"example-guangzhou-deputy": ["bureau:guangzhou:chief"]}
ROLES = {**PEOPLE, **STAFF, **DESK_ROLES, "second": ["triage"], **DEPUTIES}
ENGLISH = {**BROWSER, "accept-language": "en"}
FORM = re.compile(r'<form[^>]* method="post" action="([^"]*)".*?</form>', re.DOTALL)
_all = APIRouter()
_all.include_router(router)
_all.include_router(pages.router)


@dataclass
class Browsers:
    """Everybody's browser, at the pages of one router."""

    office: Office
    client: httpx.AsyncClient
    tools: DeskTools
    leases: Memory
    pending: Memory
    _cookies: dict[str, tuple[httpx.Cookies, str]] = field(default_factory=dict)

    async def get(self, who: str, path: str, *, lang: str = "en") -> httpx.Response:
        """Somebody opens a page."""
        await self._as(who)
        return await self.client.get(path, headers={**BROWSER, "accept-language": lang})

    async def post(self, who: str, path: str, **fields: Any) -> httpx.Response:
        """Somebody sends a form of a page that they see."""
        csrf = await self._as(who)
        answer = await self.client.post(path, data={"csrf": csrf, **fields}, headers=ENGLISH)
        await self.office.shelf.quiet()
        return answer

    async def send(self, who: str, page: str, path: str, **fields: Any) -> httpx.Response:
        """Somebody opens a page and sends its form to that path, hidden fields included."""
        shown = await self.get(who, page)
        assert shown.status_code == 200, (page, shown.status_code, shown.text[:300])
        return await self.post(who, path, **(hidden_fields(shown.text, path) | fields))

    async def cookies(self, who: str) -> dict[str, str]:
        """The cookies of that person's browser."""
        await self._as(who)
        return {cookie.name: cookie.value or "" for cookie in self.client.cookies.jar}

    async def refresh(self) -> None:
        """The overview's job looks once."""
        await self.tools.overview.refresh(self.office.shelf.now())

    def later(self, *, days: int) -> None:
        """Days pass, after which everybody signs in again."""
        self.office.shelf.now.pass_by(seconds=days * 86_400)
        self._cookies.clear()

    async def _as(self, who: str) -> str:
        """Change to that person's browser; return the token of its forms."""
        if who not in self._cookies:
            self.client.cookies = httpx.Cookies()
            person = Person(who, name=who, roles=frozenset(ROLES[who]))
            session = await signed_in(self.client, person)
            self._cookies[who] = self.client.cookies, session.csrf
        self.client.cookies, csrf = self._cookies[who]
        return csrf


def hidden_fields(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with that action."""
    forms = {found[1]: found[0] for found in FORM.finditer(html)}
    assert action in forms, (action, list(forms))
    form = forms[action]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))


def text_of(html: str) -> str:
    """The text of a page's main part, in one line."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main.partition(">")[2]).split())


@asynccontextmanager
async def browsers(folder: Path) -> AsyncIterator[Browsers]:
    """The router's pages on a Monday morning."""
    async with office(folder) as opened:
        shelf = opened.shelf
        desk: RouterDesk = cast("Any", opened.client._transport).app.state.desk
        leases, pending = Memory(), Memory()
        tools = DeskTools(
            overview=LetterOverview(shelf.documents),
            shares=ReadShares(shelf.documents, now=shelf.now),
            leases=DeskLeases(leases, now=shelf.now),
            pending=PendingDecisions(pending, shelf.seals.ring, now=shelf.now),
            history=shelf.history,
            log=shelf.moved,
        )
        kept = settings(RouterSettings, folder)
        async with opened_face(
            kept, _all, desk=desk, desk_tools=tools, now=shelf.now, forms=("/desk",)
        ) as client:
            app = cast("Any", client._transport).app
            install(
                app,
                settings=kept,
                service="router",
                templates=HERE / "templates",
                locale=HERE / "locale",
            )
            yield Browsers(opened, client, tools, leases, pending)
