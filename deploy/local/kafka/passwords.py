"""With which passwords do services and bureaus sign in at the local brokers? Made once, kept."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from deploy.local.stack.private_files import write_private

ADMIN = "admin"
"""The operator: sets up users, rights and topics."""


def make(folder: Path, users: Iterable[str]) -> None:
    """A password for each user without one, each in a file of the user's name."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for user in users:
        path = folder / user
        if not path.exists():
            write_private(path, secrets.token_urlsafe(24).encode())


def read(folder: Path, user: str) -> str:
    """The user's password."""
    return (folder / user).read_text(encoding="ascii")
