"""Editors with browsers at the publisher's pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from shared.contracts.words import PublicText
from shared.platform.http.tokens import Person
from tests.publisher.face import Face, faces
from tests.publisher.story import LETTER
from tests.router.browsing import hidden_in, main_of
from tests.support.sign_in import BROWSER, signed_in

HERE = f"/editors/letters/{LETTER}"
ROLES = {"mei": "editor", "zhou": "editor", "lin": "triage"}
TELLING = PublicText(
    title="王先生家门口的路灯不亮",
    text="邻居王先生住在天河路12号，晚上看不见路。\n我是〔本人姓名〕，住在附近。",
    reply="已派人修好路灯。",
)
"""A draft that still tells who a neighbour is."""


@dataclass
class Editors:
    """Each editor's browser, at the pages of one publisher."""

    face: Face
    _cookies: dict[str, tuple[httpx.Cookies, str]] = field(default_factory=dict)
    _turns: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def as_(self, who: str) -> str:
        """Change to that person's browser; return the token of its forms."""
        client = self.face.client
        if who not in self._cookies:
            client.cookies = httpx.Cookies()
            person = Person(who, name=who, roles=frozenset({ROLES[who]}))
            self._cookies[who] = client.cookies, (await signed_in(client, person)).csrf
        client.cookies, csrf = self._cookies[who]
        return csrf

    async def cookies(self, who: str) -> dict[str, str]:
        """The cookies of that person's browser; none of somebody who reads."""
        if who == "nobody":
            return {}
        async with self._turns:
            await self.as_(who)
            return {cookie.name: cookie.value or "" for cookie in self.face.client.cookies.jar}

    async def get(self, who: str, path: str, *, lang: str = "en") -> httpx.Response:
        """Somebody opens a page."""
        if who == "nobody":
            self.face.client.cookies = httpx.Cookies()
        else:
            await self.as_(who)
        return await self.face.client.get(path, headers={**BROWSER, "accept-language": lang})

    async def text(self, who: str, path: str) -> str:
        """The text of a page's main part."""
        return main_of(await self.get(who, path))

    async def post(self, who: str, path: str, **fields: Any) -> httpx.Response:
        """Somebody sends a form with these fields."""
        csrf = await self.as_(who)
        headers = {**BROWSER, "accept-language": "en"}
        return await self.face.client.post(path, data={"csrf": csrf} | fields, headers=headers)

    async def send(self, who: str, path: str, **fields: Any) -> httpx.Response:
        """Somebody opens a form and sends it, hidden fields included."""
        shown = await self.get(who, path)
        return await self.post(who, path, **(hidden_in(shown.text, path) | fields))

    async def publish(self) -> str:
        """Two editors publish the letter; the path of its page."""
        await self.send("mei", f"{HERE}/proposal", looked="yes")
        await self.send("zhou", f"{HERE}/approval")
        page = (await self.face.get(f"/v1/drafts/{LETTER}", "mei")).json()
        return str(page["path"])

    def later(self, pause: timedelta) -> None:
        """Time passes, while everybody stays signed in."""
        self.face.stage.now.pass_by(seconds=pause.total_seconds())


@asynccontextmanager
async def editors(words: PublicText = TELLING) -> AsyncIterator[Editors]:
    """A letter with these words waits for an editor."""
    async with faces() as face:
        await face.draft(words=words)
        yield Editors(face)
