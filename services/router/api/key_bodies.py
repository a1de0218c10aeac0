"""What the desk takes in and gives out about public keys."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from services.router.domain import KeysOf, Proposal
from services.router.domain.key_rules import LASTS
from shared.contracts.fields import Instant, OpaqueId
from shared.contracts.keys_v1 import HolderKey, PublicJwk, newest_valid
from shared.kernel.errors import BadValue
from shared.platform.crypto.weak_keys import is_known_to_all
from shared.sealing.compact_jwe import of_jwk

PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of a JWK that nobody but its holder may have. Source: RFC 7518, section 6."""


_KID: TypeAdapter[str] = TypeAdapter(OpaqueId)


class PrivateKeyGiven(BadValue):
    """Somebody sent a private key; from now on it is known to others, and is none."""

    code = "private_key"


class Body(BaseModel):
    """Something that a person sends; its values are never shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        return type(self).__name__

    __str__ = __repr__


class NewKey(Body):
    """A public key as its holder made it, and from when on it is to be used."""

    jwk: dict[str, Any]
    valid_from: Instant | None = None


class Retirement(Body):
    """The key that nobody is to seal for any more, and from when on."""

    kid: OpaqueId
    retired: Instant | None = None


class Confirmation(Body):
    """The key that was proposed, and its fingerprint as the holder told it."""

    kid: OpaqueId
    fingerprint: str = Field(min_length=1, max_length=200)

    @property
    def plain_fingerprint(self) -> str:
        """Without what people put between the digits."""
        return "".join(self.fingerprint.split()).replace(":", "").lower()


class KeyShown(BaseModel):
    """One public key of a holder."""

    kid: str
    fingerprint: str
    """SHA-256 of the key's RFC 7638 form, in hex."""
    valid_from: datetime
    retired: datetime | None
    is_used: bool
    """Whether words are sealed for it now."""


class ProposalShown(BaseModel):
    """What waits for a second person; the fingerprint they have from the holder alone."""

    kid: str
    retires: bool
    since: datetime | None
    by: str
    expires_at: datetime


class HolderShown(BaseModel):
    """A holder, and how its keys stand."""

    holder: str
    keys: list[KeyShown]
    proposal: ProposalShown | None


class KeysShown(BaseModel):
    """All holders."""

    holders: list[HolderShown]


class Proposed(BaseModel):
    """What the first person is told; the second types the fingerprint."""

    holder: str
    kid: str
    fingerprint: str
    aloud: str
    """The same in groups of four."""
    expires_at: datetime


def public_key(given: dict[str, Any]) -> tuple[str, PublicJwk]:
    """Kid and key of a JWK that somebody pasted. Raises: BadValue, which shows nothing of it."""
    if PRIVATE & given.keys():
        raise PrivateKeyGiven("jwk")
    if given.get("use", "enc") != "enc":
        raise BadValue("jwk.use")
    try:
        kid = _KID.validate_python(given.get("kid"))
    except ValidationError:
        raise BadValue("jwk.kid") from None
    try:
        jwk = PublicJwk.model_validate({name: given.get(name) for name in PublicJwk.model_fields})
        of_jwk(jwk.model_dump())
    except ValidationError as invalid:
        raise BadValue(f"jwk.{invalid.errors()[0]['loc'][0]}") from None
    except ValueError:
        raise BadValue("jwk.y") from None
    if is_known_to_all(jwk.x):
        raise BadValue("jwk.x")
    return kid, jwk


def proposed(holder: str, proposal: Proposal) -> Proposed:
    """What the first person is told."""
    fingerprint = proposal.jwk.fingerprint
    return Proposed(
        holder=holder,
        kid=proposal.kid,
        fingerprint=fingerprint,
        aloud=" ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4)),
        expires_at=proposal.at + LASTS,
    )


def shown(
    holder: str, known: KeysOf, *, anchors: Iterable[HolderKey], now: datetime
) -> HolderShown:
    """How the holder's keys stand now."""
    keys = known.keys or tuple(anchors)
    used = newest_valid(keys, now)
    return HolderShown(
        holder=holder,
        keys=[
            KeyShown(
                kid=one.kid,
                fingerprint=one.fingerprint,
                valid_from=one.valid_from,
                retired=one.retired,
                is_used=one is used,
            )
            for one in keys
        ],
        proposal=_waiting(known.proposal) if known.proposal else None,
    )


def _waiting(proposal: Proposal) -> ProposalShown:
    return ProposalShown(
        kid=proposal.kid,
        retires=proposal.retires,
        since=proposal.since,
        by=proposal.by,
        expires_at=proposal.at + LASTS,
    )
