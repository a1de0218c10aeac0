"""ID tokens of a sign-in, and logout tokens of a sign-out at the issuer.

Sources: OpenID Connect Core 1.0, section 3.1.3.7; OpenID Connect Back-Channel Logout 1.0,
section 2.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from shared.platform.http.identity import Verifier
from shared.platform.http.tokens import LEEWAY, BadToken, check_origin, person_of
from shared.web.sessions import SignedIn

MAX_AGE: Final = timedelta(minutes=10)
"""Time from a token's issue within which it must arrive."""
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
ID_TYPES: Final = frozenset({"jwt"})
LOGOUT_TYPES: Final = frozenset({"logout+jwt", "application/logout+jwt", "jwt"})
MAX_TEXT: Final = 300


@dataclass(frozen=True, slots=True)
class IssuerLogout:
    """Whom the issuer has signed out."""

    token_id: str
    subject: str | None = field(repr=False)
    issuer_session: str | None = field(repr=False)


class IdTokens:
    """Checks tokens that the issuer made for us as its client."""

    def __init__(self, verifier: Verifier, *, client_id: str) -> None:
        """`verifier`: with the issuer's keys and clock."""
        self._verifier = verifier
        self._client_id = client_id

    async def signed_in(self, token: str, *, nonce: str, since: datetime | None) -> SignedIn:
        """Who signed in. `since`: the password must have been entered after that.

        Raises: BadToken; NotFreshEnough; KeysUnavailable.
        """
        claims = await self._verifier.signed_claims(token, types=ID_TYPES)
        issuer = replace(self._verifier.issuer, audience=self._client_id)
        person, _ = person_of(claims, issuer=issuer, at=self._verifier.now(), max_age=MAX_AGE)
        if not {"exp", "iat"} <= claims.keys():
            raise BadToken("no time")
        if not hmac.compare_digest(_text(claims, "nonce").encode(), nonce.encode()):
            raise BadToken("for another sign-in")
        if claims.get("azp", self._client_id) != self._client_id:
            raise BadToken("for another client")
        if since is not None and (person.auth_time is None or person.auth_time < since - LEEWAY):
            raise NotFreshEnough
        sid = claims.get("sid")
        return SignedIn(
            person,
            token,
            issuer_session=sid if isinstance(sid, str) else None,
            subject=_text(claims, "sub"),
        )

    async def logged_out(self, token: str) -> IssuerLogout:
        """Whom a logout token names; it may come only once. Raises: BadToken; KeysUnavailable."""
        claims = await self._verifier.signed_claims(token, types=LOGOUT_TYPES)
        check_origin(claims, issuer=self._verifier.issuer.issuer, audience=self._client_id)
        self._check_logout_times(claims)
        events = claims.get("events")
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
            raise BadToken("not a logout")
        if "nonce" in claims:
            raise BadToken("an ID token")
        named = {name: _text(claims, name) for name in ("sub", "sid") if name in claims}
        if not named:
            raise BadToken("names nobody")
        return IssuerLogout(_text(claims, "jti"), named.get("sub"), named.get("sid"))

    def _check_logout_times(self, claims: Mapping[str, Any]) -> None:
        """Raises: BadToken."""
        now, leeway = self._verifier.now().timestamp(), LEEWAY.total_seconds()
        issued, ends = claims.get("iat"), claims.get("exp", now)
        for at in (issued, ends):
            if isinstance(at, bool) or not isinstance(at, int | float):
                raise BadToken("no time")
        age = now - float(issued or 0)
        if not -leeway <= age <= MAX_AGE.total_seconds() + leeway or now > float(ends) + leeway:
            raise BadToken("too old, or not yet")


class NotFreshEnough(Exception):
    """The issuer took a former sign-in although a new one was asked for."""


def _text(claims: Mapping[str, Any], name: str) -> str:
    """Raises: BadToken."""
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise BadToken(f"no {name}")
    return value
