"""Key files: read and checked; errors never show a key."""

import json
from base64 import urlsafe_b64encode
from binascii import Error as NotBase64
from binascii import a2b_base64
from pathlib import Path
from typing import Any

MAX_KEY_FILE = 1_000_000
_TO_PLAIN = bytes.maketrans(b"-_+/=", b"+/!!!")


class BadKeys(Exception):
    """A key file can't be used. Names the file and the fault, never the content."""


def read_keys(path: Path) -> dict[str, Any]:
    """Read the JSON object in a key file. Raises: BadKeys."""
    try:
        if path.stat().st_size > MAX_KEY_FILE:
            raise BadKeys(f"{path.name}: too large for a key file")
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise BadKeys(f"{path.name}: cannot be read ({type(fault).__name__})") from None
    except (ValueError, RecursionError):
        raise BadKeys(f"{path.name}: not JSON in UTF-8") from None
    if not isinstance(content, dict):
        raise BadKeys(f"{path.name}: not a JSON object")
    return content


def secret(path: Path, name: str, *, at_least: int = 32) -> bytes:
    """Read the secret `name` from a file; `at_least`: its minimum bytes. Raises: BadKeys."""
    text = read_keys(path).get(name)
    try:
        octets = of_base64url(text) if isinstance(text, str) else b""
    except ValueError:
        raise BadKeys(f"{path.name}: {name} is not base64url") from None
    if len(octets) < at_least:
        raise BadKeys(f"{path.name}: {name} is missing or shorter than {at_least} bytes")
    return octets


def to_base64url(octets: bytes) -> str:
    """Encode without padding, as in RFC 7515."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def of_base64url(text: str) -> bytes:
    """Decode the output of `to_base64url`; other spellings are refused. Raises: ValueError."""
    try:
        plain = text.encode("ascii").translate(_TO_PLAIN) + b"=" * (-len(text) % 4)
        octets = a2b_base64(plain, strict_mode=True)
    except (NotBase64, UnicodeEncodeError):
        raise ValueError("not base64url") from None
    last = len(octets) % 3
    if last and not text.endswith(to_base64url(octets[-last:])):
        raise ValueError("not canonical base64url")
    return octets
