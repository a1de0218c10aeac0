"""Passwords of services and bureaus for the local brokers, made once and kept."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from deploy.local.stack.private_files import write_private

ADMIN = "admin"
"""The operator, who sets up users, ACLs and topics."""


def make(folder: Path, users: Iterable[str]) -> None:
    """Make a password for each user without one, each in a file of the user's name."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for user in users:
        path = folder / user
        if not path.exists():
            write_private(path, secrets.token_urlsafe(24).encode())


def read(folder: Path, user: str) -> str:
    """Return the user's password."""
    return (folder / user).read_text(encoding="ascii")
