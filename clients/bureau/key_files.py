"""Reading JWKS files. Errors name the file, never its content."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

CURVE = "P-256"


class BadKeyFile(Exception):
    """A key file is unreadable or has no suitable key. Names the file, never its content."""


def keys_in(path: Path, *, is_private: bool) -> dict[str, ECKey]:
    """The keys of the file by key id. Raises: BadKeyFile."""
    try:
        entries = json.loads(path.read_bytes())["keys"]
        keys = {entry["kid"]: ECKey.import_key(entry) for entry in entries}
    except (OSError, ValueError, KeyError, TypeError, JoseError):
        raise BadKeyFile(f"{path} is no readable JWKS file of P-256 keys with kids") from None
    if not keys or any(key.curve_name != CURVE for key in keys.values()):
        raise BadKeyFile(f"{path} holds no P-256 keys, or others besides")
    if is_private and not all(key.is_private for key in keys.values()):
        raise BadKeyFile(f"{path} holds public keys: private ones belong there")
    return keys


def public_half(key: ECKey) -> Mapping[str, Any]:
    """The public part of the key."""
    return {name: value for name, value in key.as_dict(private=False).items() if name != "kid"}
