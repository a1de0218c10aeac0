"""Events of the router about public keys. Owner: services.router. Topic: `mailbox.keys`.

A field may be added with a default; any other change is `keys_v2`, published beside this one until
no reader reads v1. The topic is compacted: only one record per holder may remain, so each contains
everything a reader needs. The record with the highest sequence counts, at whatever offset, because
older events may be sent again.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from shared.contracts.event import Event
from shared.contracts.fields import Instant, OpaqueId, Sha256
from shared.contracts.slugs import BUREAUS
from shared.contracts.values import Value
from shared.contracts.vocabulary import SERVICES
from shared.contracts.words import Reader

HOLDERS: tuple[str, ...] = (*SERVICES, *(f"bureau:{slug}" for slug in BUREAUS))
"""Everyone who can have public keys: the readers of words."""
MOST_KEYS = 20
"""Maximum keys in one event."""

Coordinate: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]{43}$")]
"""32 bytes in base64url without padding."""


class PublicJwk(Value):
    """A public key on P-256 as in RFC 7518. There is no field for a private part."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Coordinate
    y: Coordinate

    @property
    def fingerprint(self) -> str:
        """The key's thumbprint by RFC 7638 with SHA-256, in hex, so that it can be read aloud."""
        required = {"crv": self.crv, "kty": self.kty, "x": self.x, "y": self.y}
        return sha256(json.dumps(required, separators=(",", ":")).encode()).hexdigest()


class HolderKey(Value):
    """One public key of a holder."""

    kid: OpaqueId
    """The holder, or the holder followed by a dot and a distinct mark."""
    jwk: PublicJwk
    fingerprint: Sha256
    valid_from: Instant
    retired: Instant | None = None
    """When sealing for it ends."""

    def is_valid(self, at: datetime) -> bool:
        """Whether words may be sealed for it at that instant."""
        return self.valid_from <= at and (self.retired is None or at < self.retired)


class KeyChanged(Event):
    """Two people have entered or retired a public key of `holder`."""

    type: ClassVar[str] = "gd.mailbox.key.changed.v1"

    holder: Reader
    kid: OpaqueId
    jwk: PublicJwk
    fingerprint: Sha256
    valid_from: Instant
    retired: Instant | None = None
    entered_by: Annotated[tuple[OpaqueId, ...], Field(min_length=2, max_length=2)]
    """Who proposed this change, and who confirmed it."""
    keys: Annotated[tuple[HolderKey, ...], Field(min_length=1, max_length=MOST_KEYS)]
    """All keys of the holder after this change, in the order in which they were entered; the last
    ones of those retired."""


def newest_valid(keys: Iterable[HolderKey], at: datetime) -> HolderKey | None:
    """The key to seal for at that instant: the valid one that became valid last.

    Of several that became valid at the same instant, the one that was entered last.
    """
    valid = [key for key in keys if key.is_valid(at)]
    newest = max((key.valid_from for key in valid), default=None)
    return next((key for key in reversed(valid) if key.valid_from == newest), None)


def is_kid_of(holder: str, kid: str) -> bool:
    """Whether a key of that id is the holder's."""
    return kid.partition(".")[0] == holder
