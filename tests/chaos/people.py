"""Writers, a clerk and editors who repeat each request under the same key until it succeeds.

They do the same in every run, so runs can be compared letter by letter.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.local.stack.plan import url
from deploy.local.stack.ports import Ports

PATIENCE_S = 60.0
PAUSE_S = 0.1
TOKEN_S = 60.0
"""Tokens are renewed after this; some steps need a fresh sign-in."""
PASSING = frozenset({404, 409, 425, 429, 500, 502, 503, 504})
"""Statuses after which a request is repeated: a projection lags, or a service is away."""

Json = dict[str, Any]

HASTY = "hasty"
"""Withdrawn at once; only some tests write such a letter."""
PLAIN = "plain"
"""Answered, and nothing more."""
ELSEWHERE = "elsewhere"
"""The same in another city."""


@dataclass
class Written:
    """One letter and its writer's plans."""

    key: str
    kind: str
    number: str = ""
    publication: str = ""
    seen: Json = field(default_factory=dict)
    is_written: asyncio.Event = field(default_factory=asyncio.Event, repr=False)


class People:
    """Everyone who uses the HTTP interfaces of one stack."""

    def __init__(
        self, ports: Ports, client: httpx.AsyncClient, *, patience_s: float = PATIENCE_S
    ) -> None:
        """`patience_s`: how long they wait for any one step."""
        self._ports = ports.named()
        self._client = client
        self._patience_s = patience_s
        self._tokens: dict[str, tuple[str, float]] = {}

    async def live(self, letter: Written) -> Written:
        """The letter's whole life, from its writing to its end."""
        await self.write(letter)
        await LIVES[letter.kind](self, letter)
        return letter

    async def has_number(self, letter: Written) -> None:
        """Return when the letter has its number."""
        async with asyncio.timeout(self._patience_s):
            await letter.is_written.wait()

    async def outlive(self, letter: Written) -> None:
        """What happens to it when nobody acts for long."""
        if letter.kind in AFTERLIVES:
            await AFTERLIVES[letter.kind](self, letter)

    async def write(self, letter: Written) -> None:
        """Hand the letter in."""
        answer = await self.post(
            "intake", "/v1/letters", who="chen", key=letter.key, body=body(letter)
        )
        letter.number = answer["letter"]
        letter.is_written.set()

    async def until(self, letter: Written, state: str, *, escalations: int = 0) -> None:
        """Wait until its writer sees it in that state, with that many escalations."""

        def holds(seen: Json) -> bool:
            history = [one["what"] for one in seen.get("history", ())]
            is_late = history.count("letter.escalated") >= escalations
            return seen.get("state") == state and is_late

        await self._until(
            lambda: self._see(letter),
            holds,
            what=f"{letter.kind} {letter.number} {state}",
        )

    async def post(
        self, face: str, path: str, *, who: str, key: str, body: Json | None = None
    ) -> Json:
        """Repeat a request under the same key until it succeeds."""
        until = time.monotonic() + self._patience_s
        while True:
            answer = await self.ask("POST", face, path, who=who, key=key, body=body or {})
            if answer is not None and answer.is_success:
                return dict(answer.json()) if answer.content else {}
            passing = answer is None or answer.status_code in PASSING
            if not passing or time.monotonic() > until:
                said = "nothing" if answer is None else f"{answer.status_code} {answer.text}"
                raise AssertionError(f"{face}{path}: {said}")
            await asyncio.sleep(PAUSE_S)

    async def ask(
        self,
        method: str,
        face: str,
        path: str,
        *,
        who: str,
        key: str = "",
        body: Json | None = None,
    ) -> httpx.Response | None:
        """One request; None if there was no answer."""
        headers = {"idempotency-key": key} if key else {}
        try:
            headers["authorization"] = f"Bearer {await self._token(who)}"
            return await self._client.request(
                method, f"{url(self._ports[face])}{path}", headers=headers, json=body
            )
        except httpx.HTTPError:
            return None

    async def rate(self, letter: Written) -> None:
        """The writer gives a good rating."""
        path = f"/v1/letters/{letter.number}/rating"
        rating = {"solved": True, "score": 5}
        await self.post("intake", path, who="chen", key=f"{letter.key}-rate", body=rating)

    async def withdraw(self, letter: Written) -> None:
        """The writer withdraws the letter."""
        path = f"/v1/letters/{letter.number}/withdrawal"
        await self.post("intake", path, who="chen", key=f"{letter.key}-withdraw")

    async def route(self, letter: Written) -> None:
        """The clerk chooses the bureau."""
        path = f"/v1/letters/{letter.number}/route"
        content = {"bureau": "province"}
        await self.post("router", path, who="triage-lin", key=f"{letter.key}-route", body=content)

    async def publish(self, letter: Written) -> None:
        """One editor proposes, another approves."""
        path, done = f"/v1/drafts/{letter.number}", {}
        for who, step in (("editor-mei", "proposal"), ("editor-zhou", "approval")):
            done = await self.post(
                "publisher", f"{path}/{step}", who=who, key=f"{letter.key}-{step}"
            )
        letter.publication = done["path"].rpartition("/")[2]

    async def messages(self) -> list[Json]:
        """The messages that the gateway took, the newest first."""
        answer = await self._client.get(
            f"{url(self._ports['gateway'])}/messages", params={"limit": 5_000}
        )
        return list(answer.raise_for_status().json())

    async def _see(self, letter: Written) -> Json:
        path = f"/v1/letters/{letter.number}"
        answer = await self.ask("GET", "intake", path, who="chen")
        letter.seen = answer.json() if answer is not None and answer.is_success else {}
        return letter.seen

    async def _until(
        self, look: Callable[[], Awaitable[Json]], holds: Callable[[Json], bool], *, what: str
    ) -> None:
        until = time.monotonic() + self._patience_s
        found: Mapping[str, Any] = {}
        while time.monotonic() < until:
            found = await look()
            if holds(found):
                return
            await asyncio.sleep(PAUSE_S)
        raise AssertionError(f"{what}: not within {self._patience_s:.0f} s; last seen {found}")

    async def _token(self, who: str) -> str:
        token, at = self._tokens.get(who, ("", -TOKEN_S))
        if time.monotonic() - at >= TOKEN_S:
            answer = await self._client.get(f"{url(self._ports['issuer'])}/token/{who}")
            token = answer.raise_for_status().text.strip()
            self._tokens[who] = (token, time.monotonic())
        return token


def body(letter: Written) -> Json:
    """What its writer writes."""
    content: Json = {
        "subject": "红绿灯不亮",
        "body": "路口的红绿灯坏了很久，过马路看不清，请交警帮忙看看。",
        "category": "request",
        "place": {"city": "guangzhou"},
        "consent_to_publish": True,
        "send_anyway": "same_matter",
    }
    return content | OWN.get(letter.kind, {})


OWN: Mapping[str, Json] = {
    "published": {"category": "suggestion", "place": {"city": "shenzhen"}},
    "sent-on": {"category": "inquiry", "place": {"city": None}},
    "withdrawn": {"subject": "[手动] 红绿灯不亮", "place": {"city": "foshan"}},
    ELSEWHERE: {"place": {"city": "foshan"}},
    HASTY: {"subject": "[手动] 红绿灯不亮"},
    "late": {"subject": "[手动] 红绿灯不亮", "place": {"city": "zhuhai"}},
}


async def _is_rated(people: People, letter: Written) -> None:
    await people.until(letter, "replied")
    await people.rate(letter)
    await people.until(letter, "closed")


async def _is_published(people: People, letter: Written) -> None:
    await _is_rated(people, letter)
    await people.publish(letter)


async def _is_sent_on(people: People, letter: Written) -> None:
    await people.until(letter, "triage")
    await people.route(letter)
    await people.until(letter, "replied")


async def _is_withdrawn(people: People, letter: Written) -> None:
    await people.until(letter, "routed")
    await people.withdraw(letter)
    await people.until(letter, "withdrawn")


async def _is_late(people: People, letter: Written) -> None:
    await people.until(letter, "routed")


async def _is_answered(people: People, letter: Written) -> None:
    await people.until(letter, "replied")


async def _is_closed(people: People, letter: Written) -> None:
    await people.until(letter, "closed")


async def _is_escalated(people: People, letter: Written) -> None:
    await people.until(letter, "routed", escalations=2)


LIVES: Mapping[str, Callable[[People, Written], Awaitable[None]]] = {
    "rated": _is_rated,
    "published": _is_published,
    "sent-on": _is_sent_on,
    "withdrawn": _is_withdrawn,
    "late": _is_late,
    PLAIN: _is_answered,
    ELSEWHERE: _is_answered,
}

AFTERLIVES: Mapping[str, Callable[[People, Written], Awaitable[None]]] = {
    "sent-on": _is_closed,
    "late": _is_escalated,
}
"""What happens to letters that still wait for something after some days."""
KINDS = tuple(kind for kind in LIVES if kind not in {PLAIN, ELSEWHERE})
