"""Two supervisors at the router's desk, over HTTP."""

from typing import Any

import httpx

from shared.contracts.keys_v1 import KeyChanged
from shared.contracts.topics import KEYS
from tests.router.key_story import GZ, jwk, pasted
from tests.router.office import Office

FINGERPRINT = jwk().fingerprint


async def post(
    desk: Office, step: str, body: Any, *, holder: str = GZ, who: str | None = "wu", key: str = ""
) -> httpx.Response:
    """One person's step."""
    headers = desk.headers(who) | {"idempotency-key": key or f"key-{step}-{who}"}
    answer = await desk.client.post(f"/v1/keys/{holder}/{step}", json=body, headers=headers)
    await desk.holders.commands._unsent.join()
    return answer


async def propose(desk: Office, **more: Any) -> httpx.Response:
    """The first person pastes the key."""
    return await post(desk, "proposal", {"jwk": pasted()}, **more)


async def confirm(desk: Office, fingerprint: str = FINGERPRINT, **more: Any) -> httpx.Response:
    """The second person types the fingerprint that the holder gave by telephone."""
    body = {"kid": f"{GZ}.new", "fingerprint": fingerprint}
    return await post(desk, "confirmation", body, **{"who": "xu", **more})


def said(desk: Office) -> list[KeyChanged]:
    """All events about keys."""
    return [one.data for one in desk.shelf.said(KEYS.name)]


async def holder(desk: Office, name: str = GZ, who: str = "wu") -> Any:
    """The status of a holder's keys at the desk."""
    shown = (await desk.get("/v1/keys", who)).json()["holders"]
    return next(one for one in shown if one["holder"] == name)
