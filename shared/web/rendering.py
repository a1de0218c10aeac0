"""Rendering of pages in the language of the request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from starlette.responses import Response

from shared.platform.http.tokens import Person
from shared.platform.runtime.issuer_settings import Side
from shared.web.addresses import SIGN_IN_PATHS, page_of
from shared.web.language import Lang, Words, display_of

VARIES = "Accept-Language, Cookie"


class PageSession(Protocol):
    """What pages need of a session."""

    @property
    def person(self) -> Person:
        """Who is signed in."""

    @property
    def csrf(self) -> str:
        """The token that each form carries."""

    @property
    def side(self) -> Side:
        """Who signs in there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A link in the masthead."""

    href: str
    label: str
    """A message."""
    roles: tuple[str, ...] = ()
    """Who sees it; empty: everybody."""

    def is_for(self, person: Person | None) -> bool:
        """Whether that person sees it."""
        return not self.roles or (person is not None and person.has_role(*self.roles))


@dataclass(frozen=True, slots=True)
class Site:
    """The pages of a service."""

    service: str
    environments: Mapping[Lang, Environment]
    words: Mapping[Lang, Words]
    entries: Sequence[Entry] = ()
    is_development: bool = False


def session_in(request: Request) -> PageSession | None:
    """The session that a guard put into `request.state.session`; None without one."""
    return getattr(request.state, "session", None)


def page(request: Request, name: str, *, status: int = 200, **values: Any) -> Response:
    """Render a template in the reader's language; everything that people wrote is escaped."""
    site: Site = request.app.state.site
    display, session = display_of(request), session_in(request)
    person = session.person if session else None
    shown: dict[str, Any] = {
        "lang": display.lang,
        "is_elder": display.is_elder,
        "is_development": site.is_development,
        "service": site.service,
        "person": person,
        "csrf": session.csrf if session else "",
        "sign_out": SIGN_IN_PATHS[session.side].sign_out if session else None,
        "path": request.url.path,
        "here": _address(request),
        "entries": [entry for entry in site.entries if entry.is_for(person)],
        "errors": {},
    }
    text = site.environments[display.lang].get_template(name).render(shown | values)
    return HTMLResponse(text, status, headers={"content-language": display.lang, "vary": VARIES})


def _address(request: Request) -> str:
    """Path and query, for links that come back to this page."""
    if request.method not in {"GET", "HEAD"}:
        return page_of(request)
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
