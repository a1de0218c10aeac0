"""Identity: tokens of the identity provider, and the guards of routes.

Tokens are JWTs signed by ES256, EdDSA (Ed25519) or RS256 with a key of the issuer's published set.
A checked token is cached until it expires or the issuer's keys change.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any, Protocol, TypeAlias

from fastapi import Depends, Request
from starlette.responses import Response

from shared.kernel.errors import NotAllowed
from shared.platform.http.jwks import Jwks
from shared.platform.http.miss_limit import Misses, number_in
from shared.platform.http.problems import problem
from shared.platform.http.tokens import (
    ACCESS_TYPES,
    LEEWAY,
    BadToken,
    Person,
    claims_of,
    header_of,
    person_of,
)
from shared.platform.runtime.clock import Now
from shared.platform.runtime.issuer_settings import IssuerSettings, Side

MAX_REMEMBERED = 10_000
MAX_TOKEN_AGE = timedelta(hours=12)
FRESH = timedelta(minutes=5)
"""Maximum age of the sign-in for irreversible acts: reveal, sign, publish, change keys."""

SAFE = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""

BEARER = 'Bearer realm="mailbox"'


class NotSignedIn(Exception):
    """The token is missing or not valid, or (`is_stale`) the sign-in is too old."""

    def __init__(
        self, *, is_stale: bool = False, has_token: bool = True, at: str | None = None
    ) -> None:
        """`at`: the sign-in page, for requests of pages."""
        super().__init__("sign_in_again" if is_stale else "not_signed_in")
        self.is_stale = is_stale
        self.has_token = has_token
        self.at = at


class Verifier:
    """Checks the tokens of one issuer."""

    def __init__(
        self,
        issuer: IssuerSettings,
        *,
        keys: Jwks,
        now: Now,
        max_token_age: timedelta = MAX_TOKEN_AGE,
    ) -> None:
        """`max_token_age`: from its issue; an older token is refused whatever its `exp`."""
        self.issuer = issuer
        self.now = now
        self._keys = keys
        self._max_token_age = max_token_age
        self._known: OrderedDict[bytes, tuple[Person, float]] = OrderedDict()
        self._generation = keys.generation

    async def check(self, token: str) -> Person:
        """Return the person that the token identifies. Raises: NotSignedIn; KeysUnavailable."""
        await self._keys.refresh()
        self._forget_if_keys_changed()
        name = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        now = self.now().timestamp()
        known = self._known.get(name)
        if known is not None and now < known[1]:
            self._known.move_to_end(name)
            return known[0]
        try:
            person, until = await self._read(token)
        except BadToken:
            self._known.pop(name, None)
            raise NotSignedIn from None
        self._remember(name, person, until=until)
        return person

    def is_fresh(self, person: Person) -> bool:
        """Whether `person` signed in within the last five minutes."""
        if person.auth_time is None:
            return False
        return -LEEWAY <= self.now() - person.auth_time <= FRESH

    async def signed_claims(
        self, token: str, *, types: Collection[str] = ACCESS_TYPES
    ) -> Mapping[str, Any]:
        """The claims that the issuer signed, otherwise unchecked, of a token of one of `types`.

        Raises: BadToken; KeysUnavailable.
        """
        kid, alg = header_of(token, types=types)
        key = await self._keys.key(kid, alg)
        if key is None:
            raise BadToken("unknown key")
        self._forget_if_keys_changed()
        return claims_of(token, key)

    async def _read(self, token: str) -> tuple[Person, float]:
        claims = await self.signed_claims(token)
        return person_of(
            claims,
            issuer=self.issuer,
            at=self.now(),
            max_age=self._max_token_age,
        )

    def _forget_if_keys_changed(self) -> None:
        if self._generation != self._keys.generation:
            self._known.clear()
            self._generation = self._keys.generation

    def _remember(self, name: bytes, person: Person, *, until: float) -> None:
        self._known[name] = (person, until)
        self._known.move_to_end(name)
        if len(self._known) > MAX_REMEMBERED:
            self._known.popitem(last=False)


class BrowserSession(Protocol):
    """A session as a guard needs it."""

    @property
    def person(self) -> Person:
        """Who is signed in."""


class BrowserSessions(Protocol):
    """The sessions of browsers on one side. Implemented by `shared.web`."""

    async def session(self, request: Request) -> BrowserSession:
        """The session of this request's browser, whose form, if any, is one of ours.

        Raises: NotSignedIn, with the sign-in page's address; NotAllowed, for a foreign form.
        """

    async def step_up(self, request: Request) -> NotSignedIn:
        """Keep what was posted; the refusal leads to a fresh sign-in."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may use a route: write `Annotated[Person, Depends(staff("editor"))]`."""

    allows: Callable[[Person], bool]
    who: str
    """Who is allowed in, for readers of the API description."""
    needs_fresh_sign_in: bool = False
    is_staff: bool = False
    """Whether it is for staff; otherwise for citizens."""
    is_page: bool = False
    """Whether people come with a browser's session instead of a token."""

    @property
    def side(self) -> Side:
        """Whose issuer is asked."""
        return "staff" if self.is_staff else "citizens"

    async def __call__(self, request: Request) -> Person:
        """The signed-in person. Raises: NotSignedIn; NotAllowed; TooOften; KeysUnavailable."""
        verifiers: Mapping[Side, Verifier] = request.app.state.verifiers
        verifier = verifiers.get(self.side)
        if verifier is None:
            raise NotSignedIn(has_token=False)
        if self.is_page:
            person = await self._with_session(request)
        else:
            person = await verifier.check(_token(request))
        if not self.allows(person):
            raise NotAllowed("another role is needed")
        request.state.person = person
        if number_in(request) is not None:
            misses: Misses = request.app.state.misses
            misses.check(person)
        if self.needs_fresh_sign_in and not verifier.is_fresh(person):
            raise await self._too_old(request)
        return person

    async def _with_session(self, request: Request) -> Person:
        check_same_site(request)
        sessions: Mapping[Side, BrowserSessions] = request.app.state.browser_sessions
        if self.side not in sessions:
            raise NotSignedIn(has_token=False)
        return (await sessions[self.side].session(request)).person

    async def _too_old(self, request: Request) -> NotSignedIn:
        if not self.is_page:
            return NotSignedIn(is_stale=True)
        sessions: Mapping[Side, BrowserSessions] = request.app.state.browser_sessions
        return await sessions[self.side].step_up(request)


def citizen() -> Guard:
    """Citizens: people with a verified name and ID number and without a staff role."""
    return Guard(lambda person: person.is_citizen, "citizens, without any role of staff")


def staff(*roles: str) -> Guard:
    """Staff with one of `roles`, or a role below it: `bureau` includes `bureau:foshan:chief`."""
    if not roles or not all(roles):
        raise ValueError("say which roles may come in")
    named = " or ".join(f"`{role}`" for role in roles)
    below = "; `bureau` stands for every role below it" if "bureau" in roles else ""
    who = f"staff with role {named}{below}"
    return Guard(
        lambda person: not person.is_system and person.has_role(*roles), who, is_staff=True
    )


def bureau_system() -> Guard:
    """Bureaus' own systems, by a token that the staff's issuer gave for client credentials.

    Source: RFC 6749, section 4.4.
    """
    who = "a bureau’s own system: client credentials, with the one role `bureau:<slug>:system`"
    return Guard(lambda person: person.system_of is not None, who, is_staff=True)


def fresh(guard: Guard) -> Guard:
    """The same people, with a sign-in within the last five minutes."""
    return replace(guard, needs_fresh_sign_in=True)


def on_page(guard: Guard) -> Guard:
    """The same people, with a browser's session; without one, they are led to the sign-in."""
    return replace(guard, is_page=True)


def guards_in(dependant: Any) -> Iterator[Guard]:
    """The guards among the dependencies of a route."""
    for dependency in dependant.dependencies:
        if isinstance(dependency.call, Guard):
            yield dependency.call
        yield from guards_in(dependency)


def check_same_site(request: Request) -> None:
    """Refuse a browser's changing request unless it comes from one of our pages.

    Raises: NotAllowed, also if the browser doesn't state the origin.
    """
    if request.method not in SAFE and request.headers.get("sec-fetch-site") != "same-origin":
        raise NotAllowed("sent from another site")


Citizen: TypeAlias = Annotated[Person, Depends(citizen())]


async def on_not_signed_in(_: Request, refused: Exception) -> Response:
    """401 with the challenge of RFC 6750, or of RFC 9470 if the sign-in is too old."""
    if not isinstance(refused, NotSignedIn):
        raise refused
    if refused.at is not None:
        return Response(status_code=303, headers={"location": refused.at})
    if refused.is_stale:
        age = int(FRESH.total_seconds())
        challenge = f'{BEARER}, error="insufficient_user_authentication", max_age="{age}"'
        return problem(401, "sign_in_again", headers={"www-authenticate": challenge})
    challenge = f'{BEARER}, error="invalid_token"' if refused.has_token else BEARER
    return problem(401, headers={"www-authenticate": challenge})


def _token(request: Request) -> str:
    headers = request.headers.getlist("authorization")
    if not headers:
        raise NotSignedIn(has_token=False)
    scheme, _, token = headers[0].partition(" ")
    if len(headers) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn
    return token.strip()
