"""Sign-in of browsers at the identity provider, and the way back to the page that was asked for.

What a sign-in needs until the browser comes back is sealed in a cookie of that browser, for fifteen
minutes and one use: nobody can make us store anything, and another browser can't finish it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from prometheus_client import Counter
from starlette.responses import RedirectResponse, Response

from shared.platform.crypto.key_ring import CannotOpen, KeyRing
from shared.platform.http.application import open_to_all
from shared.platform.http.jwks import KeysUnavailable
from shared.platform.http.tokens import BadToken
from shared.platform.runtime.clock import Now
from shared.platform.runtime.issuer_settings import Side
from shared.web.addresses import SIGN_IN_PATHS, local_path
from shared.web.id_tokens import IdTokens, NotFreshEnough
from shared.web.language import N_
from shared.web.openid_provider import CodeRefused, OpenIdProvider, ProviderAway
from shared.web.rendering import page
from shared.web.session_cookies import CookieName, SessionCookies
from shared.web.sessions import SignedIn
from shared.web.spent import Spent

ATTEMPT_LASTS: Final = timedelta(minutes=15)
MOST_ATTEMPTS: Final = 4
"""Sign-ins that one browser may have open at a time, such as in several tabs."""
STATE_BYTES: Final = 32
VERIFIER_BYTES: Final = 48
"""64 characters; RFC 7636 asks for 43 to 128."""

Failure = Literal[
    "attempt_unknown",
    "attempt_expired",
    "attempt_used",
    "other_issuer",
    "denied",
    "code_refused",
    "token_refused",
    "not_fresh",
    "issuer_away",
    "not_set_up",
]
SIGN_INS = Counter(
    "mailbox_sign_ins_total", "Sign-ins with a browser, by what became of them.", ["outcome"]
)
WHAT_TO_DO: Final[Mapping[Failure, tuple[int, str]]] = {
    "attempt_unknown": (400, N_("This sign-in was not begun in this browser. Please start again.")),
    "attempt_expired": (400, N_("This sign-in took too long. Please start again.")),
    "attempt_used": (400, N_("This sign-in was used already. Please start again.")),
    "other_issuer": (400, N_("The answer came from another sign-in service. Please start again.")),
    "denied": (403, N_("The sign-in service did not sign you in. You can try again.")),
    "code_refused": (
        502,
        N_("The sign-in service did not confirm the sign-in. You can try again."),
    ),
    "token_refused": (
        502,
        N_("The sign-in service’s confirmation is not valid. Please tell your administrator."),
    ),
    "not_fresh": (
        403,
        N_(
            "The sign-in service did not ask for your password again. "
            "Please tell your administrator."
        ),
    ),
    "issuer_away": (
        503,
        N_(
            "The sign-in service can’t be reached at the moment. Please try again in a few minutes."
        ),
    ),
    "not_set_up": (
        503,
        N_("Signing in with a browser is not set up here. Please tell your administrator."),
    ),
}
"""By what failed: the status, and what a person can do now."""
for outcome in ("done", *WHAT_TO_DO):
    SIGN_INS.labels(outcome)  # start at 0, or the first would not count as a rise

To = Annotated[str | None, Query(max_length=1_000)]
Given = Annotated[str | None, Query(max_length=4_000)]


class SignInFailed(Exception):
    """The sign-in didn't succeed."""

    def __init__(self, outcome: Failure, *, to: str = "/") -> None:
        """`to`: the page that was asked for."""
        super().__init__(outcome)
        self.outcome = outcome
        self.to = to


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """A sign-in between its start and the browser's return."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    began_at: float
    """POSIX seconds."""
    to: str
    is_fresh: bool

    @property
    def began(self) -> datetime:
        """When it began."""
        return datetime.fromtimestamp(self.began_at, tz=UTC)


class BrowserSignIn:
    """Sign-in of one side's browsers at one provider."""

    def __init__(
        self,
        cookies: SessionCookies,
        provider: OpenIdProvider,
        *,
        tokens: IdTokens,
        spent: Spent,
        ring: KeyRing,
        now: Now,
    ) -> None:
        self.cookies = cookies
        self.provider = provider
        self.tokens = tokens
        self.spent = spent
        self._ring = ring
        self._now = now

    async def start(self, request: Request, to: str, *, is_fresh: bool) -> Response:
        """Send the browser to the provider. Raises: ProviderAway."""
        attempt = SignInAttempt(
            state=secrets.token_urlsafe(STATE_BYTES),
            nonce=secrets.token_urlsafe(STATE_BYTES),
            verifier=secrets.token_urlsafe(VERIFIER_BYTES),
            began_at=self._now().timestamp(),
            to=to,
            is_fresh=is_fresh,
        )
        address = await self.provider.authorization_url(
            state=attempt.state,
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            is_fresh=is_fresh,
        )
        answer = RedirectResponse(address, status_code=303)
        self._make_room(request, answer)
        sealed = self._ring.seal(
            json.dumps(asdict(attempt)).encode(), letter=attempt.state, field=self._sealed_as
        )
        lasts = int(ATTEMPT_LASTS.total_seconds())
        self._cookie(attempt.state).set(answer, sealed, max_age=lasts)
        return answer

    async def finish(self, request: Request, answer: ProviderAnswer) -> Response:
        """Sign the returning browser in, and send it to the page that was asked for.

        Raises: SignInFailed; ProviderAway; KeysUnavailable; DatabaseFault.
        """
        attempt = self._attempt(request, answer.state)
        if self._now() - attempt.began >= ATTEMPT_LASTS:
            raise SignInFailed("attempt_expired", to=attempt.to)
        if not await self.spent.spend("state", attempt.state):
            raise SignInFailed("attempt_used", to=attempt.to)
        signed_in = await self._signed_in(attempt, answer)
        former = await self.cookies.find(request)
        cookie = await self.cookies.sessions.begin(signed_in, former=former)
        back = RedirectResponse(attempt.to, status_code=303)
        self.cookies.cookie.set(back, cookie)
        self._cookie(attempt.state).delete(back)
        return back

    async def _signed_in(self, attempt: SignInAttempt, answer: ProviderAnswer) -> SignedIn:
        """Raises: SignInFailed; ProviderAway; KeysUnavailable."""
        needs_issuer = (await self.provider.endpoints()).is_issuer_in_answer
        if answer.issuer != self.provider.issuer and (needs_issuer or answer.issuer is not None):
            raise SignInFailed("other_issuer", to=attempt.to)
        if answer.code is None or answer.error is not None:
            raise SignInFailed("denied", to=attempt.to)
        try:
            token = await self.provider.redeem(answer.code, verifier=attempt.verifier)
            since = attempt.began if attempt.is_fresh else None
            return await self.tokens.signed_in(token, nonce=attempt.nonce, since=since)
        except CodeRefused:
            raise SignInFailed("code_refused", to=attempt.to) from None
        except BadToken:
            raise SignInFailed("token_refused", to=attempt.to) from None
        except NotFreshEnough:
            raise SignInFailed("not_fresh", to=attempt.to) from None

    def _attempt(self, request: Request, state: str | None) -> SignInAttempt:
        """The attempt that this browser began with that state. Raises: SignInFailed."""
        sealed = request.cookies.get(str(self._cookie(state or "")))
        if state is None or sealed is None:
            raise SignInFailed("attempt_unknown")
        try:
            content = self._ring.open(sealed, letter=state, field=self._sealed_as)
        except CannotOpen:
            raise SignInFailed("attempt_unknown") from None
        return SignInAttempt(**json.loads(content))

    def _make_room(self, request: Request, answer: Response) -> None:
        """Give up a browser's open attempts if there are too many for its next request."""
        prefix = str(CookieName(self.cookies.cookie.service, "attempt-", self._is_secure))
        others = [name for name in request.cookies if name.startswith(prefix)]
        if len(others) >= MOST_ATTEMPTS:
            for name in others:
                answer.delete_cookie(name, path="/", secure=self._is_secure, httponly=True)

    def _cookie(self, state: str) -> CookieName:
        return CookieName(self.cookies.cookie.service, f"attempt-{state[:8]}", self._is_secure)

    @property
    def _sealed_as(self) -> str:
        """Differs by side, so that no attempt is finished on the other side."""
        return self.cookies.paths.sign_in.strip("/")

    @property
    def _is_secure(self) -> bool:
        return self.cookies.cookie.is_secure


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What the provider sends back with the browser."""

    state: str | None = field(repr=False)
    code: str | None = field(repr=False)
    issuer: str | None
    error: str | None


def routes(side: Side) -> APIRouter:
    """The pages on which that side's browsers sign in."""
    router, paths = APIRouter(include_in_schema=False), SIGN_IN_PATHS[side]

    @router.get(paths.sign_in)
    @open_to_all
    async def start(request: Request, to: To = None, fresh: bool = False) -> Response:
        """Begin to sign in; whoever is signed in already goes on, unless it must be fresh."""
        signing = sign_in_of(request, side)
        if signing is None:
            return _failed(side, "not_set_up", to)
        found = None if fresh else await signing.cookies.find(request)
        if found is not None and not found.is_over:
            return RedirectResponse(local_path(to), status_code=303)
        try:
            return await signing.start(request, local_path(to), is_fresh=fresh)
        except ProviderAway:
            return _failed(side, "issuer_away", to)

    @router.get(paths.again)
    @open_to_all
    async def show_again(
        request: Request, why: Literal["ended", "file", "fresh"], to: To = None
    ) -> Response:
        """Explain why a form's sender must sign in first, and whether the words are kept.

        A page of its own, because browsers let no form lead to another host, not even by
        redirects.
        """
        to = local_path(to)
        return page(request, "sign_in_again.html", why=why, to=to, sign_in=paths.sign_in, side=side)

    @router.get(paths.callback)
    @open_to_all
    async def finish(
        request: Request,
        state: Given = None,
        code: Given = None,
        iss: Given = None,
        error: Given = None,
    ) -> Response:
        """The browser returns from the provider."""
        return await _finished(request, side, ProviderAnswer(state, code, iss, error))

    @router.get(paths.failed)
    @open_to_all
    async def show_failed(request: Request, why: Failure, to: To = None) -> Response:
        """Say what to do after a sign-in that failed."""
        status, message = WHAT_TO_DO[why]
        return page(
            request,
            "sign_in_failed.html",
            status=status,
            message=message,
            to=local_path(to),
            sign_in=paths.sign_in,
            can_retry=why != "not_set_up",
        )

    return router


def sign_in_of(request: Request, side: Side) -> BrowserSignIn | None:
    """The sign-in of that side's browsers; None if it isn't set up."""
    signing: BrowserSignIn | None = request.app.state.browser_sign_ins.get(side)
    return signing


async def _finished(request: Request, side: Side, answer: ProviderAnswer) -> Response:
    signing = sign_in_of(request, side)
    if signing is None:
        return _failed(side, "not_set_up")
    try:
        back = await signing.finish(request, answer)
    except SignInFailed as refused:
        return _failed(side, refused.outcome, refused.to)
    except (ProviderAway, KeysUnavailable):
        return _failed(side, "issuer_away")
    SIGN_INS.labels("done").inc()
    return back


def _failed(side: Side, why: Failure, to: str | None = None) -> Response:
    """Lead to the page that says what to do; codes of the provider don't stay in the address."""
    SIGN_INS.labels(why).inc()
    query = urlencode({"why": why, "to": local_path(to)})
    return RedirectResponse(f"{SIGN_IN_PATHS[side].failed}?{query}", status_code=303)
