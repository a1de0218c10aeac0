"""Signatures of requests: HMAC-SHA256 over time, method, path, idempotency key and body.

The scheme is described for those who verify it in docs/gateway.md, with an example.
"""

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

TIMESTAMP: Final = "X-Mailbox-Timestamp"
SIGNATURE: Final = "X-Mailbox-Signature"
VERSION: Final = "v1"
TOLERANCE: Final = timedelta(minutes=5)
LEAST_SECRET: Final = 32
"""Minimum length of a secret in characters."""
_SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """The signed parts of a request."""

    method: str
    path: str
    """Path and query as in the request line."""
    key: str
    """The value of `Idempotency-Key`."""
    body: bytes = field(repr=False)


def signature_headers(request: SignedRequest, secret: str, *, now: datetime) -> dict[str, str]:
    """Return the headers with the signature and its time."""
    timestamp = str(int(now.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: f"{VERSION}={_digest(request, secret, timestamp)}"}


def is_signed(
    request: SignedRequest, secret: str, *, timestamp: str, signature: str, now: datetime
) -> bool:
    """Whether the signature was made with `secret`, at most five minutes before or after `now`."""
    if not _SECONDS.fullmatch(timestamp):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    wanted = f"{VERSION}={_digest(request, secret, timestamp)}"
    return hmac.compare_digest(wanted.encode(), signature.encode())


def _digest(request: SignedRequest, secret: str, timestamp: str) -> str:
    head = f"{VERSION}\n{timestamp}\n{request.method}\n{request.path}\n{request.key}\n"
    return hmac.new(secret.encode(), head.encode() + request.body, sha256).hexdigest()
