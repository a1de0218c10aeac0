"""Addresses within a service that a request may name, such as where to go after signing in."""

import re

_LOCAL = re.compile(r"/(?![/\\])[!#-\[\]-~]{0,1000}", re.ASCII)
"""A path with its query, without spaces, controls, quotes and backslashes."""


def local_path(given: str | None) -> str:
    """`given` if it is a path of this service, else the front page."""
    return given if given is not None and _LOCAL.fullmatch(given) else "/"
