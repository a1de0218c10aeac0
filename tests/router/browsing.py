"""Handlers and others at the router's pages, each in a browser of their own."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
from fastapi import APIRouter

from services.router import pages
from services.router.api import router
from services.router.pages.desk_tools import DeskTools
from services.router.settings import RouterSettings
from services.router.store.desk_leases import DeskLeases
from services.router.store.overview import LetterOverview
from services.router.store.pending_decisions import PendingDecisions
from services.router.store.read_share import ReadShares
from shared.platform.crypto.signed_exports import ExportSigner
from shared.platform.http.tokens import Person
from tests.intake.faces import opened_face, settings
from tests.router.desking import ROLES as DESK_ROLES
from tests.router.office import STAFF, Office, office
from tests.support.doubles import Memory
from tests.support.sign_in import BROWSER, signed_in

ROLES = {**STAFF, **DESK_ROLES, "gz2": ["bureau:guangzhou:handler"]}
_all = APIRouter()
_all.include_router(router)
_all.include_router(pages.router)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_FORM = re.compile(r'<form[^>]* method="post" action="([^"]*)".*?</form>', re.DOTALL)


@dataclass
class PageVisitors:
    """Everybody's browser, at the pages of one router."""

    office: Office
    client: httpx.AsyncClient
    _cookies: dict[str, tuple[httpx.Cookies, str]] = field(default_factory=dict)

    async def get(self, who: str, path: str, *, lang: str = "en") -> httpx.Response:
        """Somebody opens a page."""
        await self.as_(who)
        return await self.client.get(path, headers={**BROWSER, "accept-language": lang})

    async def post(self, who: str, path: str, **fields: Any) -> httpx.Response:
        """Somebody sends a form with these fields."""
        csrf = await self.as_(who)
        headers = {**BROWSER, "accept-language": "en"}
        answer = await self.client.post(path, data={"csrf": csrf} | fields, headers=headers)
        await self.office.shelf.quiet()
        return answer

    async def send(self, who: str, path: str, **fields: Any) -> httpx.Response:
        """Somebody opens a form and sends it, hidden fields included."""
        shown = await self.get(who, path)
        return await self.post(who, path, **(hidden_in(shown.text, path) | fields))

    def later(self, pause: timedelta) -> None:
        """Time passes, after which everybody signs in again."""
        self.office.shelf.now.pass_by(seconds=pause.total_seconds())
        self._cookies.clear()

    async def sign_in_again(self, who: str) -> None:
        """The same person signs in with the same browser."""
        app: Any = cast("Any", self.client._transport).app
        cookies = app.state.browser_sessions["staff"]
        jar = self._cookies[who][0]
        former = await cookies.sessions.find(jar[str(cookies.cookie)])
        value = await cookies.sessions.begin(former.signed_in, former=former)
        jar.set(str(cookies.cookie), value)

    async def as_(self, who: str) -> str:
        """Change to that person's browser; return the token of its forms."""
        if who not in self._cookies:
            self.client.cookies = httpx.Cookies()
            person = Person(who, name=who, roles=frozenset(ROLES[who]))
            session = await signed_in(self.client, person)
            self._cookies[who] = self.client.cookies, session.csrf
        self.client.cookies, csrf = self._cookies[who]
        return csrf


def hidden_in(text: str, action: str) -> dict[str, str]:
    """The hidden fields of the forms with that action."""
    forms = [found[0] for found in _FORM.finditer(text) if found[1] == action]
    return {
        name: html.unescape(value)
        for form in forms
        for name, value in _HIDDEN.findall(form)
        if name != "csrf"
    }


def main_of(answer: httpx.Response) -> str:
    """The text of a page's main part, in one line."""
    main = answer.text.partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


@asynccontextmanager
async def visitors(folder: Path) -> AsyncIterator[PageVisitors]:
    """The router's pages on a Monday morning."""
    async with office(folder) as opened:
        desk = cast("Any", opened.client._transport).app.state.desk
        kept = settings(RouterSettings, folder)
        async with opened_face(
            kept,
            _all,
            now=opened.shelf.now,
            forms=(pages.PLACE,),
            desk=desk,
            desk_tools=tools_of(opened, leases=Memory(), pending=Memory()),
        ) as client:
            yield PageVisitors(opened, client)


def tools_of(opened: Office, *, leases: Memory, pending: Memory) -> DeskTools:
    """The parts behind the pages of triage, chiefs, supervisors and auditors."""
    shelf = opened.shelf
    return DeskTools(
        overview=LetterOverview(shelf.documents),
        shares=ReadShares(shelf.documents, now=shelf.now),
        leases=DeskLeases(leases, now=shelf.now),
        pending=PendingDecisions(pending, shelf.seals.ring, now=shelf.now),
        history=shelf.history,
        signer=ExportSigner(shelf.seals.ring, "router"),
    )
