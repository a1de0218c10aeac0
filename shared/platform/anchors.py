"""Which public keys does a development stack trust before anybody entered one? Those of its folder.

Outside development there are none: keys come from `mailbox.keys` alone, where two people entered
them. The router counts the same keys as entered, so that they are rotated and retired as all are.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from shared.contracts.keys_v1 import HolderKey, PublicJwk
from shared.platform.compact_jwe import of_jwk
from shared.platform.keybook import NONE, Anchors
from shared.platform.keysets import keys_in
from shared.platform.settings import ServiceSettings

FILE = "public.jwks.json"
EVER = datetime(1970, 1, 1, tzinfo=UTC)


def anchors_of(settings: ServiceSettings) -> Anchors:
    """What counts until the topic names others. Raises: BadKeys."""
    path = settings.keys_dir / FILE
    return anchors_in(path) if settings.is_development and path.exists() else NONE


def anchors_in(path: Path) -> dict[str, tuple[HolderKey, ...]]:
    """The keys of a JWKS file, valid since ever; of several of one holder the first seals.

    Raises: BadKeys.
    """
    found: dict[str, tuple[HolderKey, ...]] = {}
    for kid, key in keys_in(path, of_jwk).items():
        holder = kid.partition(".")[0]
        found[holder] = (anchor(kid, key.as_dict(private=False)), *found.get(holder, ()))
    return found


def anchor(kid: str, jwk: object) -> HolderKey:
    """A key that was valid since ever. Raises: ValueError, for what is no public key on P-256."""
    public = PublicJwk.model_validate(jwk)
    return HolderKey(kid=kid, jwk=public, fingerprint=public.fingerprint, valid_from=EVER)
