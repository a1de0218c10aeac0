"""Receipts that writers get for their letters, and the leaves by which letters are counted.

A receipt is a JSON object of texts, signed by intake. Its canonical form (RFC 8785) is what the
signature covers, without the member `signature`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

RECEIPT: Final = "gd.mailbox.receipt.v1"
SIGNATURE: Final = "signature"
LONGEST: Final = 10_000
"""Characters of a text that may hold a receipt."""
RECEIPT_MEMBERS: Final = frozenset(
    {
        *("type", "issuer", "letter", "received_at"),
        *("text_sha256", "salt", "kid", SIGNATURE),
    }
)


def canonical(content: Mapping[str, Any]) -> bytes:
    """JSON of texts and whole numbers in the one form that is signed and hashed."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def signed_part(content: Mapping[str, Any]) -> bytes:
    """What a signature covers."""
    return canonical({name: value for name, value in content.items() if name != SIGNATURE})


def receipt_of(
    letter: str, received_at: datetime, *, text_sha256: str, salt: str | None
) -> dict[str, str]:
    """The content of a letter's receipt; the signer adds `issuer`, `kid` and `signature`."""
    return {
        "type": RECEIPT,
        "letter": letter,
        "received_at": instant_text(received_at),
        "text_sha256": text_sha256,
        "salt": salt or "",
    }


def text_digest(subject: str, body: str, *, salt: str | None) -> str:
    """SHA-256 of salt, subject and text, one line each; letters of old had no salt."""
    lines = (salt, subject, body) if salt else (subject, body)
    return sha256("\n".join(lines).encode()).hexdigest()


def leaf_of(letter: str, text_sha256: str) -> str:
    """The letter in the day's count: tells nothing to whoever hasn't its receipt."""
    return sha256(f"{letter}\n{text_sha256}".encode()).hexdigest()


def instant_text(at: datetime) -> str:
    """An instant as receipts have it: UTC, to the millisecond, as stored."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def receipt_in(text: str) -> dict[str, str]:
    """The receipt in a JSON text, also inside an answer that has it as `receipt`.

    Raises: ValueError, without content.
    """
    if len(text) > LONGEST:
        raise ValueError("too long for a receipt")
    try:
        found = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if isinstance(found, dict) and isinstance(found.get("receipt"), dict):
        found = found["receipt"]
    if not isinstance(found, dict) or found.keys() != RECEIPT_MEMBERS:
        raise ValueError("not a receipt")
    if found["type"] != RECEIPT or not all(isinstance(value, str) for value in found.values()):
        raise ValueError("not a receipt of this version")
    return found


def is_text_of(receipt: Mapping[str, str], text: str) -> bool:
    """Whether a receipt is for this letter: its subject on the first line, then its text.

    Line ends of other systems and empty lines at the end don't matter.
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return any(
        text_digest(*each.partition("\n")[::2], salt=receipt["salt"]) == receipt["text_sha256"]
        for each in dict.fromkeys((plain, plain.removesuffix("\n"), plain.rstrip("\n")))
    )
