"""The identity provider for the sign-in of browsers: OpenID Connect, authorization code with PKCE.

Its addresses come from its discovery document, which is cached; the cached one stays in use while
the provider can't be reached. Authlib writes requests; they travel by the service's HTTP client.
"""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.discovery import get_well_known_url

from shared.platform.runtime.clock import Now
from shared.platform.runtime.rotating_secret import RotatingSecret

LOG = logging.getLogger(__name__)

OLD_AFTER: Final = timedelta(hours=1)
PATIENCE_S: Final = 5.0
MAX_ANSWER: Final = 256 * 1024
SCOPE: Final = "openid profile"
FORM: Final = {
    "accept": "application/json",
    "content-type": "application/x-www-form-urlencoded",
}


class ProviderAway(Exception):
    """The provider can't be reached, or its answer can't be used: try again later."""


class CodeRefused(Exception):
    """The provider refuses the code or the client."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The provider's addresses."""

    authorization_url: str
    token_url: str
    end_session_url: str | None
    is_issuer_in_answer: bool
    """Whether each answer names the issuer (RFC 9207)."""


@dataclass(frozen=True, slots=True)
class OurClient:
    """A service as a client of the provider."""

    id: str
    secret: RotatingSecret = field(repr=False)
    redirect_uri: str
    signed_out_uri: str


class OpenIdProvider:
    """One provider, asked as one client."""

    def __init__(
        self,
        issuer: str,
        ours: OurClient,
        *,
        http: httpx.AsyncClient,
        now: Now,
        is_development: bool,
    ) -> None:
        """`http` is closed by its owner. `is_development`: plain HTTP is accepted."""
        self.issuer = issuer
        self.ours = ours
        self._http = http
        self._now = now
        self._is_development = is_development
        self._found: Endpoints | None = None
        self._found_at = now()

    async def endpoints(self) -> Endpoints:
        """The provider's addresses. Raises: ProviderAway, if they were never fetched."""
        if self._found is not None and self._now() - self._found_at < OLD_AFTER:
            return self._found
        try:
            self._found = self._read(await self._fetch())
            self._found_at = self._now()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as fault:
            LOG.warning("issuer's addresses not fetched", extra={"fault": type(fault).__name__})
            if self._found is None:
                raise ProviderAway from None
        return self._found

    async def authorization_url(
        self, *, state: str, nonce: str, verifier: str, is_fresh: bool
    ) -> str:
        """Where a browser goes to sign in. `is_fresh`: the person must enter a password again.

        Raises: ProviderAway.
        """
        more = {"prompt": "login", "max_age": "0"} if is_fresh else {}
        address: str = prepare_grant_uri(
            (await self.endpoints()).authorization_url,
            self.ours.id,
            "code",
            redirect_uri=self.ours.redirect_uri,
            scope=SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            **more,
        )
        return address

    async def redeem(self, code: str, *, verifier: str) -> str:
        """The ID token for a code. Raises: CodeRefused; ProviderAway."""
        body = prepare_token_request(
            "authorization_code",
            redirect_uri=self.ours.redirect_uri,
            code=code,
            code_verifier=verifier,
        )
        address = (await self.endpoints()).token_url
        authentication = ClientAuth(self.ours.id, self.ours.secret.value, "client_secret_basic")
        address, headers, body = authentication.prepare("POST", address, dict(FORM), body)
        try:
            answer = await self._http.post(
                address, content=body, headers=headers, timeout=PATIENCE_S
            )
            if 400 <= answer.status_code < 500:
                LOG.warning("issuer refused a code", extra={"status": answer.status_code})
                raise CodeRefused
            id_token = _object(answer).get("id_token")
        except (httpx.HTTPError, ValueError, RecursionError) as fault:
            LOG.warning("code not redeemed", extra={"fault": type(fault).__name__})
            raise ProviderAway from None
        if not isinstance(id_token, str):
            raise CodeRefused
        return id_token

    async def _fetch(self) -> dict[str, Any]:
        address = get_well_known_url(self.issuer, external=True)
        headers = {"accept": "application/json"}
        return _object(await self._http.get(address, headers=headers, timeout=PATIENCE_S))

    def _read(self, document: dict[str, Any]) -> Endpoints:
        """Raises: ValueError."""
        if document.get("issuer") != self.issuer:
            raise ValueError("the document of another issuer")
        methods = document.get("code_challenge_methods_supported", ["S256"])
        if not isinstance(methods, list) or "S256" not in methods:
            raise ValueError("no PKCE with S256")
        end_session = document.get("end_session_endpoint")
        return Endpoints(
            authorization_url=self._address(document.get("authorization_endpoint")),
            token_url=self._address(document.get("token_endpoint")),
            end_session_url=None if end_session is None else self._address(end_session),
            is_issuer_in_answer=(
                document.get("authorization_response_iss_parameter_supported") is True
            ),
        )

    def _address(self, given: Any) -> str:
        """Raises: ValueError."""
        schemes = {"https", "http"} if self._is_development else {"https"}
        if not isinstance(given, str) or urlsplit(given).scheme not in schemes:
            raise ValueError("no address that can be used")
        return given


def _object(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer. Raises: httpx.HTTPError; ValueError."""
    answer.raise_for_status()
    if len(answer.content) > MAX_ANSWER:
        raise ValueError("too large")
    content = answer.json()
    if isinstance(content, dict):
        return content
    raise ValueError("no object")
