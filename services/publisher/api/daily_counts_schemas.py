"""Bodies of the routes for daily counts."""

from typing import Any

from pydantic import BaseModel, ConfigDict

EXAMPLE: dict[str, Any] = {
    "type": "gd.mailbox.daily_count.v1",
    "number": 1,
    "day": "2026-11-28",
    "letters": 1,
    "leaves_sha256": "5f" * 32,
    "corrects": 0,
    "previous": "0" * 64,
    "signed_at": "2026-11-28T16:30:00.000Z",
    "issuer": "mailbox.example.invalid",
    "kid": "figures-1",
    "signature": "A" * 86,
}


class CountShown(BaseModel):
    """How many letters were received on a day, signed.

    `signature` is Ed25519 (base64url) over the other members as canonical JSON (RFC 8785).
    """

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    type: str
    number: int
    """1, 2, 3 ..."""
    day: str
    """Asia/Shanghai."""
    letters: int
    leaves_sha256: str
    """SHA-256 of the day's leaves in order, one a line."""
    corrects: int
    """Number of the day's entry that this one corrects, since letters became known later; 0: none.
    """
    previous: str
    """SHA-256 of the entry before, as canonical JSON with its signature; zeros for the first."""
    signed_at: str
    issuer: str
    kid: str
    signature: str


class CountsListed(BaseModel):
    """Entries, oldest first: each day from the first one on has one."""

    entries: list[CountShown]
    next: int | None
    """Pass this as `after` to get the next page."""


class CountWithLeaves(BaseModel):
    """An entry, and a leaf for each letter: SHA-256 of number and `text_sha256`, one line each."""

    entry: CountShown
    leaves: list[str]


class CountOfDay(BaseModel):
    """A day's entries, the newest last: that one counts."""

    entries: list[CountWithLeaves]
