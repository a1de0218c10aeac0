"""The public keys that a development stack trusts before any were entered: those in its folder.

Outside development there are none: keys come from `mailbox.keys` alone, where two people enter
them.
The router treats the same keys as entered, so that they are rotated and retired like all others.
"""

from pathlib import Path

from shared.contracts.keys_v1 import HolderKey
from shared.platform.crypto.key_sets import keys_in
from shared.platform.runtime.settings import ServiceSettings
from shared.sealing.compact_jwe import of_jwk
from shared.sealing.key_directory import NONE, Anchors, anchors

FILE = "public.jwks.json"


def anchors_of(settings: ServiceSettings) -> Anchors:
    """The keys that count until the topic names others. Raises: BadKeys."""
    path = settings.keys_dir / FILE
    return anchors_in(path) if settings.is_development and path.exists() else NONE


def anchors_in(path: Path) -> dict[str, tuple[HolderKey, ...]]:
    """The keys of a JWKS file, valid since ever; the first one of each holder seals.

    Raises: BadKeys.
    """
    return anchors(keys_in(path, of_jwk))
