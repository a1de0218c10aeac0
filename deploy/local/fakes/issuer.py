"""Stand-in for the identity provider of a development stack.

It issues a signed token (ES256) for any demo person to anyone, so a token proves nothing; its
issuer claim carries the mark that every other stage refuses. `python -m deploy.local.fakes.issuer`.
"""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import PlainTextResponse
from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.local.fakes.fake_services import application, page, problem, serve
from deploy.local.fakes.people import BY_SUB, PEOPLE, DemoPerson
from deploy.local.stack.plan import AUDIENCE, ISSUER_PATH
from shared.platform.runtime.clock import Now, utc_now

ALGORITHM = "ES256"
LIFETIME_S = 3_600
LONGEST_AGO_S = 24 * 3_600

Ago = Annotated[int, Query(ge=0, le=LONGEST_AGO_S)]


class Issuer:
    """Signs tokens of demo people with one key."""

    def __init__(self, key: ECKey, *, issuer: str, now: Now = utc_now) -> None:
        """`issuer`: the claim, and the base address of all routes."""
        self._key = key
        self._now = now
        self.issuer = issuer

    def token(self, person: DemoPerson, *, signed_in_ago_s: int = 0) -> str:
        """Return a token of `person`, valid for an hour, with a sign-in `signed_in_ago_s` ago."""
        now = int(self._now().timestamp())
        times = {"iat": now, "nbf": now, "exp": now + LIFETIME_S}
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            **times,
            "auth_time": now - signed_in_ago_s,
            **person.claims(),
        }
        header = {"alg": ALGORITHM, "kid": self._key.kid, "typ": "JWT"}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])

    def jwks(self) -> dict[str, Any]:
        """Return the public half of the key as a JWK set."""
        return {"keys": [self._key.as_dict(private=False)]}

    def configuration(self) -> dict[str, Any]:
        """Return the discovery document. Source: OpenID Connect Discovery 1.0."""
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks.json",
            "token_endpoint": f"{self.issuer}/token",
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }


def build(issuer: Issuer) -> FastAPI:
    """Return the application, with the same routes at the root and below the issuer's path."""
    app = application("Development issuer")
    routes = _routes(issuer)
    app.include_router(routes)
    app.include_router(routes, prefix=ISSUER_PATH)
    return app


def load_key(keys: Path) -> ECKey:
    """Load the issuer's private key from the folder of keys."""
    [jwk] = json.loads((keys / "issuer.private.jwks.json").read_text(encoding="utf-8"))["keys"]
    return ECKey.import_key(jwk)


def _routes(issuer: Issuer) -> APIRouter:
    routes = APIRouter()

    @routes.get("/.well-known/openid-configuration")
    async def configuration() -> dict[str, Any]:
        return issuer.configuration()

    @routes.get("/jwks.json")
    async def jwks() -> dict[str, Any]:
        return issuer.jwks()

    @routes.get("/token/{person}")
    async def token(person: str, signed_in_ago_s: Ago = 0) -> Response:
        """A raw token, ready for `Authorization: Bearer`."""
        if person not in BY_SUB:
            return problem(404, "No such demo person", people=sorted(BY_SUB))
        return PlainTextResponse(issuer.token(BY_SUB[person], signed_in_ago_s=signed_in_ago_s))

    @routes.get("/")
    async def front(request: Request) -> Response:
        base = request.url.path.rstrip("/")
        return page("issuer.html", people=PEOPLE, issuer=issuer.issuer, base=base)

    return routes


def _from_environment() -> FastAPI:
    key = load_key(Path(os.environ["MAILBOX_KEYS_DIR"]))
    return build(Issuer(key, issuer=os.environ["MAILBOX_ISSUER"]))


if __name__ == "__main__":
    sys.exit(serve("issuer", _from_environment))
