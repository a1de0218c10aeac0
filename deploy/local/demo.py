"""What does one letter go through? Sends one to a running stack and tells what happens to it.

It speaks to the same faces as a citizen and the triage desk do; the bureau's part is played by the
simulated bureaus.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import httpx

PATIENCE_S = 90.0
LOOK_EVERY_S = 0.3
ANSWER_WITHIN_S = 10.0

ENDS = {"replied", "declined", "closed", "withdrawn"}
LETTER = {
    "subject": "路灯不亮",
    "body": "村口的路灯坏了三个月，晚上很黑，请派人看看。",
    "category": "request",
    "place": {"city": "guangzhou"},
    "addressed_to": "guangzhou",
    "lang": "zh",
    "channel": "web",
    "consent_to_publish": False,
    "contact": {"phone": "15400010001"},
}

Say = Callable[[str], None]
Json = Mapping[str, Any]


class DemoFailed(Exception):
    """The letter did not go its way; the text is one sentence."""


class Demo:
    """One letter of the demo citizen chen. `addresses` are those of `.local/env`."""

    def __init__(self, addresses: Mapping[str, str], client: httpx.AsyncClient, say: Say) -> None:
        self._at = addresses
        self._client = client
        self._say = say

    async def run(self) -> str:
        """Send the letter and follow it to its reply; its number. Raises: DemoFailed."""
        letter = await self._write()
        await self._follow(letter)
        await self._messages()
        return letter

    async def _write(self) -> str:
        sent = await self._call(
            "POST",
            f"{self._at['MAILBOX_INTAKE']}/v1/letters",
            sent_by="chen",
            json=LETTER,
        )
        self._say(f"写信 written by chen: {sent['letter']}")
        return str(sent["letter"])

    async def _follow(self, letter: str) -> None:
        told, until = 0, time.monotonic() + PATIENCE_S
        is_routed = False
        while time.monotonic() < until:
            seen = await self._call(
                "GET", f"{self._at['MAILBOX_INTAKE']}/v1/letters/{letter}", sent_by="chen"
            )
            for step in seen["history"][told:]:
                self._say(f"  {step['at']}  {step['what']}")
            told = len(seen["history"])
            if seen["state"] == "triage" and not is_routed:
                is_routed = await self._route(letter)
            if seen["state"] in ENDS:
                self._say(_outcome(seen))
                return
            await asyncio.sleep(LOOK_EVERY_S)
        raise DemoFailed(f"{letter} had no reply within {PATIENCE_S:.0f} s; see .local/logs.")

    async def _route(self, letter: str) -> bool:
        """What a person at the triage desk does with a letter that no rule could send on."""
        address = f"{self._at['MAILBOX_ROUTER']}/v1/letters/{letter}/route"
        await self._call("POST", address, sent_by="triage-lin", json={"bureau": "guangzhou"})
        self._say("  转办 routed to guangzhou by triage-lin")
        return True

    async def _messages(self) -> None:
        found = await self._call("GET", f"{self._at['MAILBOX_GATEWAY']}/messages?limit=5")
        for message in found:
            self._say(f"消息 message to {message['to']}: {message['text']}")

    async def _call(
        self, method: str, address: str, *, sent_by: str = "", json: Json | None = None
    ) -> Any:
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        try:
            if sent_by:
                headers["Authorization"] = f"Bearer {await self._token(sent_by)}"
            answer = await self._client.request(method, address, headers=headers, json=json)
        except httpx.HTTPError as fault:
            raise DemoFailed(f"{address} does not answer ({type(fault).__name__}).") from fault
        if answer.is_error:
            raise DemoFailed(f"{method} {address} answered {answer.status_code}.")
        return answer.json() if answer.content else {}

    async def _token(self, person: str) -> str:
        answer = await self._client.get(f"{self._at['MAILBOX_ISSUER']}/token/{person}")
        return answer.raise_for_status().text


async def show(addresses: Mapping[str, str], say: Say) -> None:
    """Run the demo against the stack at `addresses`. Raises: DemoFailed."""
    async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_WITHIN_S) as client:
        await Demo(addresses, client, say).run()


def _outcome(seen: Json) -> str:
    reply = seen.get("reply")
    said = f"\n  答复 reply: {reply['text']}" if reply else ""
    return f"结果 outcome: {seen.get('state_zh', seen['state'])} ({seen['state']}){said}"
