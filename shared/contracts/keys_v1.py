"""What the router says about public keys. Owner: services.router. Topic: `mailbox.keys`.

A field may be added with a default; any other change is `keys_v2`, published beside this one until
no reader reads v1. The topic is compacted: of each holder only one record may be left, so each
says all that a reader needs. Of several the one with the highest sequence counts, wherever it
stands: what was said before may have been sent again.
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
"""Who can have public keys: readers of words."""
MOST_KEYS = 20
"""Keys that one event lists."""

Coordinate: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]{43}$")]
"""32 bytes in base64url without padding."""


class PublicJwk(Value):
    """A public key on P-256 as RFC 7518 writes it. A private part is no field of it."""

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
    """The holder, or that, a dot and a mark of its own."""
    jwk: PublicJwk
    fingerprint: Sha256
    valid_from: Instant
    retired: Instant | None = None
    """From when on nobody seals for it any more."""

    def is_valid(self, at: datetime) -> bool:
        """Whether words may be sealed for it then."""
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
    """All keys of the holder after this change, in the order of their entering; of the retired ones
    the last.
    """


def newest_valid(keys: Iterable[HolderKey], at: datetime) -> HolderKey | None:
    """The key to seal for then: of those that are valid the one that became so last.

    Of several that became so at one instant, the one that was entered last.
    """
    valid = [key for key in keys if key.is_valid(at)]
    newest = max((key.valid_from for key in valid), default=None)
    return next((key for key in reversed(valid) if key.valid_from == newest), None)


def is_kid_of(holder: str, kid: str) -> bool:
    """Whether a key of that id is the holder's."""
    return kid.partition(".")[0] == holder
