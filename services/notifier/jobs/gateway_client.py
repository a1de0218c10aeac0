"""The HTTP client of the gateway: bearer token, client certificate and request signature."""

from collections.abc import Generator

import httpx

from services.notifier.settings import NotifierSettings
from shared.platform.http.request_signature import LEAST_SECRET, SignedRequest, signature_headers
from shared.platform.runtime.clock import Now, utc_now
from shared.platform.runtime.rotating_secret import LEAST_TOKEN, RotatingSecret
from shared.platform.runtime.tls import client_context


class GatewayAuth(httpx.Auth):
    """Adds the token and the signature to each request; either may be missing in development."""

    requires_request_body = True

    def __init__(
        self, *, token: RotatingSecret | None, secret: RotatingSecret | None, now: Now = utc_now
    ) -> None:
        """`now`: the real clock, which the gateway compares with its own; never a simulated one."""
        self._token = token
        self._secret = secret
        self._now = now

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the headers."""
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token.value}"
        if self._secret is not None:
            signed = SignedRequest(
                request.method,
                request.url.raw_path.decode("ascii"),
                key=request.headers.get("Idempotency-Key", ""),
                body=request.content,
            )
            headers = signature_headers(signed, self._secret.value, now=self._now())
            request.headers.update(headers)
        yield request


def gateway_client(settings: NotifierSettings) -> httpx.AsyncClient:
    """Return a client whose requests are authenticated. Raises: BadSecret."""
    token, secret = settings.gateway_token_file, settings.gateway_signing_secret_file
    return httpx.AsyncClient(
        base_url=settings.gateway_url,
        timeout=settings.gateway_timeout_s,
        verify=client_context(
            ca_file=settings.gateway_ca_file,
            cert_file=settings.gateway_cert_file,
            key_file=settings.gateway_key_file,
        ),
        auth=GatewayAuth(
            token=RotatingSecret(token, at_least=LEAST_TOKEN) if token else None,
            secret=RotatingSecret(secret, at_least=LEAST_SECRET) if secret else None,
        ),
    )
