"""The demo's HTTP client, which uses the services' public APIs as any client does."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx

from deploy.local.fakes.people import BY_SUB

TRIES = 6
FIRST_PAUSE_S = 0.2
TOKEN_FOR_S = 120.0
"""Tokens are renewed after this, well within the time in which a sign-in counts as fresh."""
ANSWER_WITHIN_S = 15.0
PASSING = {429, 502, 503, 504}
"""Statuses after which the same request is worth repeating."""

Json = dict[str, Any]


class DemoFailed(Exception):
    """The demo can't continue; the text is one sentence."""


class SaidNo(DemoFailed):
    """A service refused a request by a rule."""

    def __init__(self, status: int, code: str, *, problem: Json | None = None) -> None:
        """`problem`: the whole problem document of the answer."""
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.problem = problem or {}


class Faces:
    """Client of one stack's HTTP APIs that signs in as its demo people."""

    def __init__(self, addresses: Mapping[str, str], client: httpx.AsyncClient) -> None:
        """`addresses`: environment variables as in `.local/env`, such as MAILBOX_INTAKE."""
        self._addresses = addresses
        self._client = client
        self._tokens: dict[str, tuple[str, float]] = {}

    @property
    def addresses(self) -> Mapping[str, str]:
        """The addresses of the stack, as given."""
        return self._addresses

    def url(self, face: str, path: str = "") -> str:
        """Return the address of a path at a service."""
        return f"{self._addresses[f'MAILBOX_{face.upper()}']}{path}"

    async def get(self, face: str, path: str, *, person: str = "", **query: str | int) -> Any:
        """GET a path, signed in as `person`, and return its JSON. Raises: SaidNo; DemoFailed."""
        return await self._ask("GET", self.url(face, path), person, params=query)

    async def post(
        self, face: str, path: str, *, person: str, key: str, content: Json | None = None
    ) -> Any:
        """POST with an Idempotency-Key and return the JSON. Raises: SaidNo; DemoFailed."""
        headers = {"Idempotency-Key": key}
        return await self._ask(
            "POST", self.url(face, path), person, headers=headers, json=content or {}
        )

    async def pages(
        self,
        face: str,
        path: str,
        *,
        person: str = "",
        of: str,
        by: tuple[str, str],
        **query: str,
    ) -> AsyncIterator[Json]:
        """Yield every item of a paged list.

        `of`: the field with the items. `by`: the query parameter of the next page, and the field
        that holds its value. Raises: SaidNo; DemoFailed.
        """
        place: dict[str, str] = {}
        while True:
            page = await self.get(face, path, person=person, **query, **place)
            for item in page[of]:
                yield item
            if not page.get(by[1]):
                return
            place = {by[0]: page[by[1]]}

    async def _ask(self, method: str, url: str, person: str, **request: Any) -> Any:
        pause = FIRST_PAUSE_S
        for attempt in range(TRIES):
            answer = await self._answer(method, url, person, **request)
            if answer is not None and answer.status_code not in PASSING:
                return _content(answer)
            if attempt < TRIES - 1:
                await asyncio.sleep(pause)
                pause *= 2
        raise DemoFailed(f"{url.partition('?')[0]} 没有应答 does not answer; see .local/logs.")

    async def _answer(
        self, method: str, url: str, person: str, **request: Any
    ) -> httpx.Response | None:
        """Send the request once and return the response, None if there was none."""
        headers = dict(request.pop("headers", {}))
        try:
            if person:
                headers["Authorization"] = f"Bearer {await self._token(person)}"
            return await self._client.request(method, url, headers=headers, **request)
        except httpx.HTTPError:
            return None

    async def _token(self, person: str) -> str:
        token, at = self._tokens.get(person, ("", -TOKEN_FOR_S))
        if time.monotonic() - at >= TOKEN_FOR_S:
            issuer = "citizen_issuer" if BY_SUB[person].side == "citizens" else "staff_issuer"
            answer = await self._client.get(self.url(issuer, f"/token/{person}"))
            token = answer.raise_for_status().text.strip()
            self._tokens[person] = (token, time.monotonic())
        return token


def _content(answer: httpx.Response) -> Any:
    try:
        content = answer.json() if answer.content else {}
    except ValueError:
        content = {}
    if answer.is_error:
        problem = content if isinstance(content, dict) else {}
        code = problem.get("code") or answer.reason_phrase
        raise SaidNo(answer.status_code, str(code), problem=problem)
    return content
