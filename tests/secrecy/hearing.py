"""HTTP requests of people and programs, whose answers are all kept for the search."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.local.fakes.issuer import Issuer
from deploy.local.fakes.people import DemoPerson
from deploy.local.stack.plan import url
from shared.platform.runtime.issuer_settings import Side
from tests.secrecy.search import Place, Text
from tests.support.browsing import open_as

ANYONE = "anyone"
PATIENCE_S = 60.0
PAUSE_S = 0.1
LONGEST_ANSWER_S = 10.0


@dataclass
class Ears:
    """Sends requests as anyone, and keeps every answer."""

    ports: Mapping[str, int]
    issuers: Mapping[Side, Issuer]
    client: httpx.AsyncClient
    heard: list[Text] = field(default_factory=list, repr=False)
    tokens: dict[str, str] = field(default_factory=dict, repr=False)
    """Tokens of everyone who signed in, by their id."""

    async def ask(
        self,
        method: str,
        face: str,
        path: str,
        *,
        who: tuple[str, DemoPerson] | None = None,
        key: str = "",
        **more: Any,
    ) -> httpx.Response:
        """One request. `who`: who signs in for it, and under whose name the answer is kept.

        `more`: arguments for httpx. Raises: httpx.HTTPError.
        """
        name, person = who or (ANYONE, None)
        headers = dict(more.pop("headers", {}))
        if person is not None:
            headers = {"authorization": f"Bearer {self.token(person)}"} | headers
        if key:
            headers["idempotency-key"] = key
        address = f"{url(self.ports[face])}{path}"
        answer = await self.client.request(method, address, headers=headers, **more)
        self.keep(f"{face} {name}", answer.status_code, answer.content, dict(answer.headers))
        return answer

    async def granted(
        self, method: str, face: str, path: str, *, who: tuple[str, DemoPerson], **more: Any
    ) -> dict[str, Any]:
        """Repeat until it succeeds: services may be away, and projections lag."""
        said = "nothing"
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    answer = await self.ask(method, face, path, who=who, **more)
                    if answer.is_success:
                        return dict(answer.json())
                    said = f"{answer.status_code} {answer.text}"
                    assert answer.status_code in {404, 409, 500, 503}, said
                except httpx.HTTPError as fault:
                    said = type(fault).__name__
                await asyncio.sleep(PAUSE_S)

    async def browse(self, face: str, path: str, *, who: str, person: str) -> httpx.Response:
        """Read a page with a browser, signed in as a demo person, and keep it under `who`."""
        async with httpx.AsyncClient(timeout=15) as browser:
            page = await open_as(browser, f"{url(self.ports[face])}{path}", person)
        self.keep(f"{face} {who}", page.status_code, page.content, dict(page.headers))
        return page

    async def line(self, face: str, octets: bytes) -> bytes:
        """Send bytes that may not be HTTP; return the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.ports[face])
        try:
            writer.write(octets)
            writer.write_eof()
            async with asyncio.timeout(LONGEST_ANSWER_S):
                answer = await reader.read()
        finally:
            writer.close()
        self.heard.append((Place("problem", f"{face} {ANYONE}"), answer))
        return answer

    def token(self, person: DemoPerson) -> str:
        """Their sign-in, fresh for the whole story."""
        if person.sub not in self.tokens:
            self.tokens[person.sub] = self.issuers[person.side].token(person)
        return self.tokens[person.sub]

    def keep(self, name: str, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        """Keep an answer."""
        kind = "answer" if status < 400 else "problem"
        self.heard.append((Place(kind, name), body))
        shown = "\n".join(f"{header}: {value}" for header, value in headers.items())
        self.heard.append((Place("headers", name), shown.encode("latin-1", "replace")))
