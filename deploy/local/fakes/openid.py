"""A small OpenID provider: authorization code with PKCE, sign-out, and its back channel.

Instead of asking for a password it shows the people to choose from. Everything is in memory.
Bureaus' systems get tokens for their client credentials (RFC 6749, section 4.4), and pages of other
sites as public clients of the citizens' provider.
Sources: OpenID Connect Core 1.0, RP-Initiated Logout 1.0, Back-Channel Logout 1.0; RFC 9207.
"""

import base64
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, Protocol
from urllib.parse import parse_qs, urlencode

import httpx
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from deploy.local.fakes.fake_services import page, problem
from deploy.local.fakes.openid_clients import Registration, System, authenticated
from deploy.local.fakes.people import BY_SUB, DemoPerson, headings
from deploy.local.stack.plan import AUDIENCE, CLIENT_ID
from shared.platform.runtime.issuer_settings import Side
from shared.web.addresses import SIGN_IN_PATHS

LOG = logging.getLogger(__name__)

ALGORITHM = "ES256"
CODE_LASTS_S = 60
SESSION_LASTS_S = 12 * 3_600
SYSTEM_TOKEN_LASTS_S = 600
PUBLIC_TOKEN_LASTS_S = 3_600
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Signer(Protocol):
    """An issuer as the provider needs it."""

    side: Side
    issuer: str

    @property
    def people(self) -> list[DemoPerson]:
        """Who can sign in."""

    def now(self) -> int:
        """The time in POSIX seconds."""

    def sign(
        self, claims: Mapping[str, Any], *, audience: str, type_: str = ..., lasts_s: int = ...
    ) -> str:
        """Return a signed token."""

    def claims_in(self, token: str) -> dict[str, Any]:
        """Return the claims of a token signed here; {} otherwise."""


@dataclass(slots=True)
class ProviderSession:
    """A browser that is signed in at the provider."""

    id: str
    person: DemoPerson
    at: int
    origins: set[str] = field(default_factory=set)
    """Services that were told of the sign-in."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code stands for."""

    client: str
    redirect_uri: str
    challenge: str
    nonce: str | None
    session: ProviderSession
    until: int


class Provider:
    """The provider's memory."""

    def __init__(
        self, signer: Signer, registration: Registration, *, http: httpx.AsyncClient
    ) -> None:
        self.signer = signer
        self.registration = registration
        self.http = http
        self.sessions: dict[str, ProviderSession] = {}
        self.grants: dict[str, Grant] = {}
        self.cookie = f"development-{signer.side}"
        self.paths = SIGN_IN_PATHS[signer.side]
        """Paths of a service, registered for each of its origins."""

    def configuration(self) -> dict[str, Any]:
        """Return the discovery document."""
        base, shown = self.signer.issuer, self.registration.browser_url or ""
        path = base.partition("://")[2].partition("/")[2]
        browser = f"{shown}/{path}" if shown else base
        is_staff = self.signer.side == "staff"
        return {
            "issuer": base,
            "authorization_endpoint": f"{browser}/authorize",
            "token_endpoint": f"{base}/token",
            "end_session_endpoint": f"{browser}/end-session",
            "jwks_uri": f"{base}/jwks.json",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", *(["client_credentials"] * is_staff)],
            "subject_types_supported": ["public"],
            "scopes_supported": ["openid", "profile"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }

    def current(self, request: Request) -> ProviderSession | None:
        """Return the browser's session."""
        return self.sessions.get(request.cookies.get(self.cookie, ""))

    def session_of(self, request: Request, asked: Mapping[str, str]) -> ProviderSession | None:
        """Return the browser's session if it is good enough for what is asked."""
        session = self.current(request)
        if session is None or asked.get("prompt") in {"login", "select_account"}:
            return None
        age, most = self.signer.now() - session.at, asked.get("max_age", "")
        longest = int(most) if most.isdecimal() else SESSION_LASTS_S
        return session if age <= longest else None

    def begin(self, request: Request, person: DemoPerson) -> ProviderSession:
        """Sign a person in; whoever was signed in in that browser stays in the same session."""
        former = self.current(request)
        if former is not None and former.person == person:
            former.at = self.signer.now()
            return former
        session = ProviderSession(secrets.token_urlsafe(24), person, self.signer.now())
        self.sessions[session.id] = session
        return session

    def code(self, asked: Mapping[str, str], session: ProviderSession) -> str:
        """Return a code, good for one use within a minute."""
        code = secrets.token_urlsafe(24)
        self.grants[code] = Grant(
            asked["client_id"],
            asked["redirect_uri"],
            asked["code_challenge"],
            asked.get("nonce"),
            session,
            until=self.signer.now() + CODE_LASTS_S,
        )
        return code

    def redeem(self, form: Mapping[str, str], client: str) -> dict[str, Any] | None:
        """Return the answer to the client's code, None if the code isn't good for it."""
        grant = self.grants.pop(form.get("code", ""), None)
        challenge = _b64(sha256(form.get("code_verifier", "").encode()).digest())
        if (
            grant is None
            or grant.client != client
            or self.signer.now() > grant.until
            or form.get("redirect_uri") != grant.redirect_uri
            or challenge != grant.challenge
        ):
            return None
        session = grant.session
        claims = {"auth_time": session.at, "sid": session.id, **session.person.claims()}
        nonce = {"nonce": grant.nonce} if grant.nonce is not None else {}
        id_token = self.signer.sign(claims | nonce, audience=client, lasts_s=600)
        answer = {"token_type": "Bearer", "id_token": id_token}
        if client in self.public:
            token = self.access_token(client, claims, lasts_s=PUBLIC_TOKEN_LASTS_S)
            return {"access_token": token, "expires_in": PUBLIC_TOKEN_LASTS_S, **answer}
        session.origins.add(grant.redirect_uri.removesuffix(self.paths.callback))
        opaque = secrets.token_urlsafe(24)
        return {"access_token": opaque, "expires_in": CODE_LASTS_S, **answer}

    @property
    def public(self) -> Mapping[str, str]:
        """Origins of public clients, by client id."""
        return self.registration.public if self.signer.side == "citizens" else {}

    def access_token(self, client: str, claims: Mapping[str, Any], *, lasts_s: int) -> str:
        """Return a token for our API (RFC 9068)."""
        more = {"client_id": client, "jti": secrets.token_urlsafe(24)}
        return self.signer.sign(
            {**claims, **more}, audience=AUDIENCE, type_="at+jwt", lasts_s=lasts_s
        )

    def system(self, client: str) -> System | None:
        """Return the bureau's system with that client id."""
        return self.registration.systems_of(self.signer.side).get(client)

    def system_token(self, client: str, system: System) -> dict[str, Any]:
        """Return the answer to a system's client credentials."""
        claims = {"sub": client, "roles": [system.role]}
        token = self.access_token(client, claims, lasts_s=SYSTEM_TOKEN_LASTS_S)
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": SYSTEM_TOKEN_LASTS_S,
        }

    async def end(self, session: ProviderSession) -> None:
        """Sign a browser out here, and tell the services."""
        self.sessions.pop(session.id, None)
        for origin in session.origins:
            claims = {
                "jti": secrets.token_urlsafe(24),
                "sub": session.person.sub,
                "sid": session.id,
                "events": {LOGOUT_EVENT: {}},
            }
            token = self.signer.sign(claims, audience=CLIENT_ID, type_="logout+jwt", lasts_s=120)
            try:
                await self.http.post(f"{origin}{self.paths.ended}", data={"logout_token": token})
            except httpx.HTTPError as fault:
                LOG.warning(
                    "service not told of a sign-out",
                    extra={"fault": type(fault).__name__},
                )


def routes(provider: Provider) -> APIRouter:
    """Return the provider's routes."""
    router = APIRouter()

    @router.get("/.well-known/openid-configuration")
    async def configuration() -> dict[str, Any]:
        return provider.configuration()

    @router.get("/authorize")
    async def authorize(request: Request) -> Response:
        return _authorize(provider, request)

    @router.post("/token")
    async def token(request: Request) -> Response:
        return await _token(provider, request)

    @router.get("/end-session")
    @router.post("/end-session")
    async def end_session(request: Request) -> Response:
        return await _end_session(provider, request)

    return router


def chosen_language(request: Request) -> Literal["zh-CN", "en"]:
    """Return the language of a page: as chosen by a link, or by the browser."""
    lang = request.query_params.get("lang") or request.headers.get("accept-language", "")
    return "en" if lang.lower().startswith("en") else "zh-CN"


def _authorize(provider: Provider, request: Request) -> Response:
    asked = dict(request.query_params)
    back = asked.get("redirect_uri", "")
    if back not in _redirects(provider, asked.get("client_id", "")):
        return problem(400, "Unknown client or redirect_uri")
    if fault := _fault(asked):
        return _back(provider, asked, error=fault)
    if (chosen := BY_SUB.get(asked.get("person", ""))) is not None:
        if chosen.side != provider.signer.side:
            return _back(provider, asked, error="access_denied")
        return _signed_in(provider, asked, provider.begin(request, chosen))
    if (session := provider.session_of(request, asked)) is not None:
        return _signed_in(provider, asked, session)
    if asked.get("prompt") == "none":
        return _back(provider, asked, error="login_required")
    return _choice(provider, request, asked)


def _fault(asked: Mapping[str, str]) -> str | None:
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in asked.get("scope", "").split():
        return "invalid_scope"
    if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43:
        return "invalid_request"
    return None


def _signed_in(provider: Provider, asked: Mapping[str, str], session: ProviderSession) -> Response:
    answer = _back(provider, asked, code=provider.code(asked, session))
    answer.set_cookie(
        provider.cookie, session.id, max_age=SESSION_LASTS_S, httponly=True, samesite="lax"
    )
    return answer


def _back(provider: Provider, asked: Mapping[str, str], **more: str) -> Response:
    """Send the browser back to the service."""
    answer = {**more, "iss": provider.signer.issuer}
    if "state" in asked:
        answer["state"] = asked["state"]
    return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", status_code=303)


def _choice(provider: Provider, request: Request, asked: dict[str, str]) -> Response:
    """Return the page of people to choose from."""
    lang, sought = chosen_language(request), asked.pop("q", "").strip()
    asked.pop("lang", None)
    found: dict[str, list[tuple[DemoPerson, str]]] = {}
    for person in provider.signer.people:
        if sought.lower() in f"{person.sub} {person.name} {person.says} {person.roles}".lower():
            address = f"?{urlencode({**asked, 'person': person.sub})}"
            found.setdefault(person.group(lang), []).append((person, address))
    return page(
        "choose.html",
        lang=lang,
        current=provider.current(request),
        again=f"?{urlencode({**asked, 'person': ''})}",
        groups={name: found[name] for name in headings(lang) if name in found},
        sought=sought,
        asked=asked,
        side=provider.signer.side,
        other=f"?{urlencode({**asked, 'lang': 'zh-CN' if lang == 'en' else 'en'})}",
    )


async def _token(provider: Provider, request: Request) -> Response:
    form = await _form(request)
    named = form.get("client_id", "")
    authorization = request.headers.get("authorization", "")
    is_public = not authorization and named in provider.public
    known = authenticated(provider.registration, authorization, side=provider.signer.side)
    client = named if is_public else known
    if client is None:
        return JSONResponse({"error": "invalid_client"}, status_code=401)
    grant, system = form.get("grant_type"), provider.system(client)
    if grant not in {"authorization_code", "client_credentials"}:
        return JSONResponse({"error": "unsupported_grant_type"}, status_code=400)
    if (grant == "client_credentials") != (system is not None):
        return JSONResponse({"error": "unauthorized_client"}, status_code=400)
    answer = provider.system_token(client, system) if system else provider.redeem(form, client)
    if answer is None:
        return JSONResponse({"error": "invalid_grant"}, status_code=400)
    return JSONResponse(answer, headers={"cache-control": "no-store"})


async def _end_session(provider: Provider, request: Request) -> Response:
    asked = dict(request.query_params) if request.method == "GET" else await _form(request)
    hint = provider.signer.claims_in(asked.get("id_token_hint", ""))
    session = provider.sessions.get(str(hint.get("sid", "")))
    if session is not None:
        await provider.end(session)
    back = asked.get("post_logout_redirect_uri", "")
    pages = {f"{origin}/" for origin in provider.public.values()}
    if back not in _registered(provider, provider.paths.sign_out) | pages:
        return problem(400, "Signed out; unknown post_logout_redirect_uri")
    more = f"?{urlencode({'state': asked['state']})}" if "state" in asked else ""
    answer = RedirectResponse(f"{back}{more}", status_code=303)
    answer.delete_cookie(provider.cookie)
    return answer


def _redirects(provider: Provider, client: str) -> set[str]:
    """Return the addresses to which a client may lead back after a sign-in."""
    if client in provider.public:
        return {f"{provider.public[client]}/"}
    return _registered(provider, provider.paths.callback) if client == CLIENT_ID else set()


def _registered(provider: Provider, path: str) -> set[str]:
    return {f"{origin}{path}" for origin in provider.registration.origins}


async def _form(request: Request) -> dict[str, str]:
    fields = parse_qs((await request.body()).decode("utf-8", "replace"))
    return {name: values[0] for name, values in fields.items()}


def _b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
