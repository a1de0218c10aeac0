"""An issuer for tests, and the tokens that it signs."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from shared.platform.crypto.key_files import to_base64url
from shared.platform.http.identity import (
    NotSignedIn,
    Verifier,
)
from shared.platform.http.jwks import Jwks
from tests.support.sign_in import issuer_of

ISSUER = "https://id.example.cn"


NAME = "陈某某"


ID_NUMBER = "44019919900101001X"


START = datetime(2026, 3, 2, 9, tzinfo=UTC)


KEYS: dict[str, tuple[str, Any]] = {
    "ec": ("ES256", ECKey.generate_key("P-256")),
    "ed": ("EdDSA", OKPKey.generate_key("Ed25519")),
    "rsa": ("RS256", RSAKey.generate_key(2048)),
}


LOOSE = jws.JWSRegistry(algorithms=["HS256", "ES256", "RS256", "PS256", "Ed25519"])


class Issuer:
    """An issuer in memory that counts how often it is asked, and can be down."""

    def __init__(self) -> None:
        self.now = START
        self.asked = 0
        self.is_down = False
        self.shown: Any = {
            "keys": [{**key.as_dict(private=False), "kid": kid} for kid, (_, key) in KEYS.items()]
        }
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self.jwks = Jwks(f"{ISSUER}/jwks.json", self.client, now=self.time)
        self.verifier = Verifier(issuer_of(ISSUER), keys=self.jwks, now=self.time)

    def time(self) -> datetime:
        """The test's time."""
        return self.now

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)

    def _answer(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.is_down:
            raise httpx.ConnectError("down")
        content = self.shown if isinstance(self.shown, bytes) else json.dumps(self.shown).encode()
        return httpx.Response(200, content=content)

    def claims(self, **change: Any) -> dict[str, Any]:
        """Claims that hold, with changes; `...` leaves one out."""
        now = int(self.now.timestamp())
        claims = {
            "iss": ISSUER,
            "aud": "mailbox",
            "sub": "p-1",
            "iat": now,
            "nbf": now,
            "exp": now + 300,
            "auth_time": now,
            "name": NAME,
            "id_number": ID_NUMBER,
            "phone_number": "15400000000",
            **change,
        }
        return {name: value for name, value in claims.items() if value is not ...}

    def token(self, kid: str = "ec", *, header: dict[str, Any] | None = None, **change: Any) -> str:
        """A token that holds, with changes; `...` leaves something out."""
        alg, key = KEYS[kid]
        full = {"typ": "JWT", "kid": kid, "alg": alg, **(header or {})}
        full = {name: value for name, value in full.items() if value is not ...}
        return signed(full, json.dumps(self.claims(**change)).encode(), key=key)


def signed(header: dict[str, Any], content: bytes, *, key: Any) -> str:
    """A token with any header, signed as the header's `alg` says."""
    alg = LOOSE.get_alg({"EdDSA": "Ed25519"}.get(header["alg"], header["alg"]))
    signing_input = f"{to_base64url(json.dumps(header).encode())}.{to_base64url(content)}"
    return f"{signing_input}.{to_base64url(alg.sign(signing_input.encode(), key))}"


async def refused(issuer: Issuer, token: str) -> None:
    """The token is refused, and the refusal shows nothing of it."""
    with pytest.raises(NotSignedIn) as refusal:
        await issuer.verifier.check(token)
    assert NAME not in f"{refusal.value!r} {refusal.value.__cause__!r}"
