"""Request bodies and answers about public keys."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from services.router.domain.public_keys import LASTS, HolderKeys, KeyProposal
from shared.contracts.fields import Instant, OpaqueId
from shared.contracts.keys_v1 import HolderKey, PublicJwk, newest_valid
from shared.kernel.errors import BadValue
from shared.platform.crypto.weak_keys import is_known_to_all
from shared.platform.http.parameters import RequestBody
from shared.sealing.compact_jwe import of_jwk

PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of a JWK that only its holder may have. Source: RFC 7518, section 6."""
_KID: TypeAdapter[str] = TypeAdapter(OpaqueId)


class PrivateKeyGiven(BadValue):
    """Somebody sent a private key; it is compromised now, and can't be used."""

    code = "private_key"


class NewKey(RequestBody):
    """A public key as its holder made it, and when its use begins."""

    jwk: dict[str, Any]
    valid_from: Instant | None = None


class Retirement(RequestBody):
    """The key to retire, and when."""

    kid: OpaqueId
    retired: Instant | None = None


class Confirmation(RequestBody):
    """The proposed key, and its fingerprint as the holder gave it."""

    kid: OpaqueId
    fingerprint: str = Field(min_length=1, max_length=200)

    @property
    def plain_fingerprint(self) -> str:
        """Without separators between the digits."""
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
    """A proposal that waits for a second person, who gets the fingerprint only from the holder."""

    kid: str
    retires: bool
    since: datetime | None
    by: str
    expires_at: datetime


class HolderShown(BaseModel):
    """A holder and its keys."""

    holder: str
    keys: list[KeyShown]
    proposal: ProposalShown | None


class KeysShown(BaseModel):
    """All holders."""

    holders: list[HolderShown]


class Proposed(BaseModel):
    """The answer to the first person; the second one types the fingerprint."""

    holder: str
    kid: str
    fingerprint: str
    aloud: str
    """The same in groups of four."""
    expires_at: datetime


def public_key(given: dict[str, Any]) -> tuple[str, PublicJwk]:
    """Return kid and key of a pasted JWK. Raises: BadValue, which shows nothing of it."""
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


def proposed(holder: str, proposal: KeyProposal) -> Proposed:
    """Return the answer to the first person."""
    fingerprint = proposal.jwk.fingerprint
    return Proposed(
        holder=holder,
        kid=proposal.kid,
        fingerprint=fingerprint,
        aloud=" ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4)),
        expires_at=proposal.at + LASTS,
    )


def holder_shown(
    holder: str, known: HolderKeys, *, anchors: Iterable[HolderKey], now: datetime
) -> HolderShown:
    """Return the holder's keys as they are now."""
    keys = known.keys or tuple(anchors)
    used = newest_valid(keys, now)
    return HolderShown(
        holder=holder,
        keys=[
            KeyShown(
                kid=key.kid,
                fingerprint=key.fingerprint,
                valid_from=key.valid_from,
                retired=key.retired,
                is_used=key is used,
            )
            for key in keys
        ],
        proposal=_waiting(known.proposal) if known.proposal else None,
    )


def _waiting(proposal: KeyProposal) -> ProposalShown:
    return ProposalShown(
        kid=proposal.kid,
        retires=proposal.retires,
        since=proposal.since,
        by=proposal.by,
        expires_at=proposal.at + LASTS,
    )
