"""Sealers whose public keys are always valid, as in a development stack."""

from collections.abc import Mapping
from pathlib import Path

from joserfc.jwk import ECKey

from shared.platform.crypto.trust_anchors import anchors_in
from shared.platform.runtime.clock import Now, utc_now
from shared.sealing.envelopes import Sealer
from shared.sealing.key_directory import KeyDirectory, anchor


def sealer_of(keys: Mapping[str, ECKey], *, now: Now = utc_now) -> Sealer:
    """A sealer for these keys, one of each holder, by the holder's name."""
    anchors = {name: (anchor(name, key.as_dict(private=False)),) for name, key in keys.items()}
    return Sealer(KeyDirectory(anchors), now=now)


def sealer_in(path: Path) -> Sealer:
    """A sealer for the keys of a JWKS file."""
    return Sealer(KeyDirectory(anchors_in(path)), now=utc_now)
