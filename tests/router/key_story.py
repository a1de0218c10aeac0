"""Keys in these tests, and people who enter and retire them."""

from datetime import datetime
from functools import partial
from typing import Any

from joserfc.jwk import ECKey

from services.router.domain.public_keys import (
    Anchors,
    ConfirmKey,
    HolderKeys,
    KeyCommand,
    ProposeKey,
    ProposeRetirement,
    decide_keys,
    evolve_keys,
)
from shared.contracts.keys_v1 import PublicJwk
from shared.sealing.key_directory import anchor
from tests.router.story import MONDAY
from tests.support.given import Decider, Given

GZ = "bureau:guangzhou"
WU, XU = "wu", "xu"
"""Two supervisors."""
PRIVATE = {name: ECKey.generate_key("P-256", private=True) for name in ("old", "new", "next")}
FIRST = anchor(GZ, PRIVATE["old"].as_dict(private=False))
OWN = anchor("router", PRIVATE["old"].as_dict(private=False))
ANCHORS: Anchors = {GZ: (FIRST,), "router": (OWN,)}


def jwk(name: str = "new") -> PublicJwk:
    """The public part of one of the keys."""
    return PublicJwk.model_validate(PRIVATE[name].as_dict(private=False))


def pasted(name: str = "new", *, holder: str = GZ, private: bool = False) -> dict[str, Any]:
    """The key as its holder's command printed it."""
    return {**PRIVATE[name].as_dict(private=private), "kid": f"{holder}.{name}"}


def propose(
    name: str = "new",
    *,
    holder: str = GZ,
    by: str = WU,
    at: datetime = MONDAY,
    since: datetime | None = None,
) -> ProposeKey:
    """One person pastes a key."""
    return ProposeKey(holder, f"{holder}.{name}", jwk(name), since, by=by, at=at)


def leave(
    kid: str, *, holder: str = GZ, at: datetime = MONDAY, since: datetime | None = None
) -> ProposeRetirement:
    """One person wants a key retired."""
    return ProposeRetirement(holder, kid, since, by=WU, at=at)


def confirm(
    name: str = "new",
    *,
    holder: str = GZ,
    kid: str = "",
    by: str = XU,
    at: datetime = MONDAY,
    fingerprint: str = "",
) -> ConfirmKey:
    """Another person types the fingerprint that the holder gave by telephone."""
    typed = fingerprint or jwk(name).fingerprint
    return ConfirmKey(holder, kid or f"{holder}.{name}", typed, by=by, at=at)


def given_keys(anchors: Anchors | None = None) -> Given[KeyCommand, HolderKeys, Any]:
    """A holder with these keys entered; none: an unknown holder."""
    decide = partial(decide_keys, anchors=anchors or {})
    return Given(Decider(HolderKeys(), decide, evolve_keys))
