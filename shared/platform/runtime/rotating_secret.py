"""A secret in a file of its own, which may be replaced while the process runs."""

import logging
import re
from pathlib import Path

LOG = logging.getLogger(__name__)

LEAST_TOKEN = 16
"""Minimum length of a bearer token in characters."""
MOST_BYTES = 8_192
_VISIBLE = re.compile(r"[!-~]+")


class BadSecret(Exception):
    """A file holds no usable secret. The text states the requirement, never the content."""


def read_secret(file: Path, *, at_least: int) -> str:
    """Return the file's content without surrounding whitespace: one line of visible ASCII.

    Raises: BadSecret.
    """
    try:
        with file.open("rb") as opened:
            secret = opened.read(MOST_BYTES + 1).decode("ascii").strip()
    except OSError:
        raise BadSecret("must name a file that can be read") from None
    except UnicodeDecodeError:
        secret = ""
    if not at_least <= len(secret) <= MOST_BYTES or not _VISIBLE.fullmatch(secret):
        raise BadSecret(
            f"must name a file of {at_least} to {MOST_BYTES:,} visible ASCII characters in one line"
        )
    return secret


class RotatingSecret:
    """Reads its file at each use, so a new secret takes effect immediately."""

    def __init__(self, file: Path, *, at_least: int) -> None:
        """Raises: BadSecret."""
        self._file = file
        self._at_least = at_least
        self._last = read_secret(file, at_least=at_least)

    def __repr__(self) -> str:
        return f"RotatingSecret({self._file.name})"

    @property
    def value(self) -> str:
        """The secret; the last good one while the file can't be used."""
        try:
            self._last = read_secret(self._file, at_least=self._at_least)
        except BadSecret:
            LOG.warning("secret not read again", extra={"file": self._file.name})
        return self._last
