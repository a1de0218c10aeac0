"""Two supervisors who enter and retire public keys at the desk of a running stack."""

import json
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from clients.bureau.key_files import keys_in, public_half
from shared.contracts.keys_v1 import PublicJwk
from tests.journeys.people import Json, People

FIRST, SECOND = "supervisor-wu", "supervisor-xu"
_numbers = count(1)


async def make_key(people: People, holder: str, file: Path) -> None:
    """The holder adds a key to its file."""
    code, printed = await people.bureau("key", "new", "--holder", holder, "--file", str(file))
    assert code == 0, printed


async def enter(
    people: People, holder: str, file: Path, *, valid_from: datetime | None = None
) -> str:
    """Both enter the newest key of the holder's file; returns its id."""
    kid, key = list(keys_in(file, is_private=True).items())[-1]
    jwk = {**public_half(key), "kid": kid}
    body: Json = {"jwk": jwk} | ({"valid_from": valid_from.isoformat()} if valid_from else {})
    proposed = await _post(people, FIRST, holder, "proposal", body)
    told = PublicJwk.model_validate(jwk).fingerprint
    assert proposed["fingerprint"] == told
    await confirm(people, holder, kid, told)
    return kid


async def retire(people: People, holder: str, kid: str, fingerprint: str) -> None:
    """Both retire a key."""
    await _post(people, FIRST, holder, "retirement", {"kid": kid})
    await confirm(people, holder, kid, fingerprint)


async def confirm(people: People, holder: str, kid: str, fingerprint: str) -> None:
    """The second supervisor types what the holder told them."""
    await _post(people, SECOND, holder, "confirmation", {"kid": kid, "fingerprint": fingerprint})


async def standing(people: People, holder: str) -> dict[str, Any]:
    """The status of a holder's keys at the desk, by id."""
    found = await people.see(FIRST, f"{people.face('router')}/v1/keys")
    (one,) = [each for each in found["holders"] if each["holder"] == holder]
    return {key["kid"]: key for key in one["keys"]}


async def _post(people: People, who: str, holder: str, step: str, body: Json) -> Json:
    address = f"{people.face('router')}/v1/keys/{holder}/{step}"
    key = f"journey-keys-{next(_numbers):04}"
    answer = await people.call(who, "POST", address=address, key=key, body=body)
    assert answer.status_code == 200, answer.text
    found: Json = json.loads(answer.text)
    return found
