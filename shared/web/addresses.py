"""Addresses within a service that a request may name, and where its pages are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.routing import Match

from shared.platform.runtime.issuer_settings import Side


@dataclass(frozen=True, slots=True)
class SignInPaths:
    """Where the browsers of one side sign in and out."""

    sign_in: str
    sign_out: str

    @property
    def callback(self) -> str:
        """Where the issuer sends a browser back."""
        return f"{self.sign_in}/callback"

    @property
    def failed(self) -> str:
        """What to do after a sign-in that failed."""
        return f"{self.sign_in}/failed"

    @property
    def again(self) -> str:
        """Why somebody must sign in again."""
        return f"{self.sign_in}/again"

    @property
    def ended(self) -> str:
        """Where the issuer announces a sign-out: its back channel."""
        return f"{self.sign_in}/ended"


SIGN_IN_PATHS: Final[Mapping[Side, SignInPaths]] = {
    "staff": SignInPaths("/sign-in", "/sign-out"),
    "citizens": SignInPaths("/my/sign-in", "/my/sign-out"),
}

_LOCAL = re.compile(r"/(?![/\\])[!#-\[\]-~]{0,1000}", re.ASCII)
"""A path with its query, without spaces, controls, quotes and backslashes."""


def local_path(given: str | None) -> str:
    """`given` if it is a path of this service, else the front page."""
    return given if given is not None and _LOCAL.fullmatch(given) else "/"


def page_of(request: Request) -> str:
    """The path of the page from which a form was sent, or the nearest above it.

    A form is sent to its own page, or to a path below it that has no page.
    """
    path = request.url.path
    while path != "/" and not _has_page(request, path):
        path = path.rpartition("/")[0] or "/"
    return local_path(path)


def _has_page(request: Request, path: str) -> bool:
    scope = {**request.scope, "method": "GET", "path": path, "raw_path": path.encode()}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)
