"""Stand-in for the two identity providers of a development stack: the citizens' and the staff's.

Each is a small OpenID provider (openid.py) with a key of its own. Anyone may sign in as any demo
person and take a token of theirs, so neither proves anything; the issuers' names carry the mark
that every other stage refuses. `python -m deploy.local.fakes.issuer`.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import PlainTextResponse
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.middleware.cors import CORSMiddleware

from deploy.local.fakes import openid
from deploy.local.fakes.fake_services import application, page, problem, serve
from deploy.local.fakes.openid import ALGORITHM, chosen_language
from deploy.local.fakes.openid_clients import Registration, System, public_clients
from deploy.local.fakes.people import BY_SUB, PEOPLE, DemoPerson
from deploy.local.stack.keys import (
    CLIENT_SECRETS,
    SIDES,
    bureau_client_secret_file,
    issuer_key_file,
)
from deploy.local.stack.plan import AUDIENCE, BUREAU_CLIENT_ID, issuer_path, issuer_variable
from shared.contracts.slugs import BUREAUS
from shared.platform.runtime.clock import Now, utc_now
from shared.platform.runtime.issuer_settings import Side
from shared.platform.runtime.rotating_secret import LEAST_TOKEN, read_secret

LIFETIME_S = 3_600
LONGEST_AGO_S = 24 * 3_600

CITIZENS_CLIENT = "development"
"""The registered client of citizens' tokens, if none is named (`shared/data/frontends.yaml`)."""

Ago = Annotated[int, Query(ge=0, le=LONGEST_AGO_S)]
Client = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9._:/-]{1,200}$")]


class Issuer:
    """Signs tokens of one side's demo people with one key."""

    def __init__(self, side: Side, key: ECKey, *, issuer: str, now: Now = utc_now) -> None:
        """`issuer`: the claim, and the base address of all routes."""
        self.side = side
        self.issuer = issuer
        self._key = key
        self._now = now

    @property
    def people(self) -> list[DemoPerson]:
        """Who can sign in here."""
        return [person for person in PEOPLE if person.side == self.side]

    def now(self) -> int:
        """The time in POSIX seconds."""
        return int(self._now().timestamp())

    def token(
        self, person: DemoPerson, *, signed_in_ago_s: int = 0, client: str | None = None
    ) -> str:
        """Return a token of `person`, valid for an hour, with a sign-in `signed_in_ago_s` ago.

        `client`: the frontend that it is issued to; only citizens' tokens name one.
        """
        now = self.now()
        claims = {"nbf": now, "auth_time": now - signed_in_ago_s, **person.claims()}
        if self.side == "citizens":
            claims["client_id"] = client or CITIZENS_CLIENT
        return self.sign(claims, audience=AUDIENCE)

    def sign(
        self,
        claims: Mapping[str, Any],
        *,
        audience: str,
        type_: str = "JWT",
        lasts_s: int = LIFETIME_S,
    ) -> str:
        """Return a signed token with these claims and the usual ones."""
        now = self.now()
        usual = {"iss": self.issuer, "aud": audience, "iat": now, "exp": now + lasts_s}
        header = {"alg": ALGORITHM, "kid": self._key.kid, "typ": type_}
        return jwt.encode(header, usual | dict(claims), self._key, algorithms=[ALGORITHM])

    def claims_in(self, token: str) -> dict[str, Any]:
        """Return the claims of a token that this issuer signed, also an old one; {} otherwise."""
        try:
            return dict(jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims)
        except (JoseError, ValueError):
            return {}

    def jwks(self) -> dict[str, Any]:
        """Return the public half of the key as a JWK set."""
        return {"keys": [self._key.as_dict(private=False)]}


def build(
    issuers: Mapping[Side, Issuer], registration: Registration, *, http: httpx.AsyncClient
) -> FastAPI:
    """Return the application: each issuer below its own path, tokens of all at the root.

    `http`: tells services that somebody has signed out.
    """
    app = application("Development issuers")
    app.add_middleware(CORSMiddleware, allow_origins=[*registration.public.values()])
    app.include_router(_common(issuers))
    for side, issuer in issuers.items():
        provider = openid.Provider(issuer, registration, http=http)
        app.include_router(_keys(issuer), prefix=issuer_path(side))
        app.include_router(openid.routes(provider), prefix=issuer_path(side))
    return app


def load_issuers(
    keys: Path, names: Mapping[Side, str], *, now: Now = utc_now
) -> dict[Side, Issuer]:
    """Load the issuers of these names with their keys from the folder of keys."""
    return {side: Issuer(side, _key(keys, side), issuer=names[side], now=now) for side in SIDES}


def load_systems(keys: Path) -> dict[str, System]:
    """Load the clients of bureaus' systems, by client id, with their secrets."""
    return {
        BUREAU_CLIENT_ID.format(slug): System(
            f"bureau:{slug}:system",
            read_secret(keys / bureau_client_secret_file(slug), at_least=LEAST_TOKEN),
        )
        for slug in BUREAUS
    }


def _key(keys: Path, side: Side) -> ECKey:
    [jwk] = json.loads((keys / issuer_key_file(side)).read_text(encoding="utf-8"))["keys"]
    return ECKey.import_key(jwk)


def _common(issuers: Mapping[Side, Issuer]) -> APIRouter:
    routes = APIRouter()

    @routes.get("/token/{person}")
    async def token(person: str, signed_in_ago_s: Ago = 0, client: Client = None) -> Response:
        """A raw token, ready for `Authorization: Bearer`."""
        return _token(issuers, person, signed_in_ago_s, client=client)

    @routes.get("/")
    async def front(request: Request) -> Response:
        return page(
            "issuer.html",
            lang=chosen_language(request),
            sides=[(issuer.side, issuer.issuer, issuer.people) for issuer in issuers.values()],
        )

    return routes


def _keys(issuer: Issuer) -> APIRouter:
    routes = APIRouter()

    @routes.get("/jwks.json")
    async def jwks() -> dict[str, Any]:
        return issuer.jwks()

    @routes.get("/token/{person}")
    async def token(person: str, signed_in_ago_s: Ago = 0, client: Client = None) -> Response:
        """A raw token of one of this side's people."""
        return _token({issuer.side: issuer}, person, signed_in_ago_s, client=client)

    return routes


def _token(
    issuers: Mapping[Side, Issuer], person: str, signed_in_ago_s: int, *, client: str | None
) -> Response:
    found = BY_SUB.get(person)
    if found is None or found.side not in issuers:
        known = sorted(sub for sub, each in BY_SUB.items() if each.side in issuers)
        return problem(404, "No such demo person", people=known)
    token = issuers[found.side].token(found, signed_in_ago_s=signed_in_ago_s, client=client)
    return PlainTextResponse(token)


def _from_environment() -> FastAPI:
    keys, given = Path(os.environ["MAILBOX_KEYS_DIR"]), os.environ
    issuers = load_issuers(keys, {side: given[issuer_variable(side)] for side in SIDES})
    registration = Registration(
        secrets={
            side: read_secret(keys / file, at_least=LEAST_TOKEN)
            for side, file in CLIENT_SECRETS.items()
        },
        origins=tuple(filter(None, given.get("MAILBOX_ISSUER_PAGES", "").split(","))),
        browser_url=given.get("MAILBOX_ISSUER_BROWSER_URL") or None,
        systems=load_systems(keys),
        public=public_clients(given.get("MAILBOX_ISSUER_PUBLIC_CLIENTS", "")),
    )
    return build(issuers, registration, http=httpx.AsyncClient(timeout=2))


if __name__ == "__main__":
    sys.exit(serve("issuer", _from_environment))
