"""Files that are the same for everybody: packed if the browser takes that, and kept by it.

Pages are sent unpacked: they contain the session's form token beside what the request said, and
their packed length could betray the token (BREACH).
"""

import gzip
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import Request
from starlette.responses import Response

STATIC: Final = Path(__file__).parent / "static"
HOUR: Final = "public, max-age=3600"
FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""For an address that changes with the content."""
DIGESTS: Final = {
    file.name: sha256(file.read_bytes()).hexdigest()[:8] for file in STATIC.glob("mailbox*")
}
_REFUSED: Final = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)", re.IGNORECASE)


def asset(name: str) -> str:
    """The address of a static file; it changes with the content."""
    return f"/static/{name}?v={DIGESTS[name]}"


def static_file(request: Request, name: str, *, media_type: str) -> Response:
    """A file of the folder `static`."""
    is_current = request.query_params.get("v", "?") == DIGESTS.get(name)
    kept = {"cache-control": FOR_GOOD if is_current else HOUR}
    return packed(request, _content(name), media_type=media_type, headers=kept)


def packed(
    request: Request, content: bytes, *, media_type: str, headers: dict[str, str]
) -> Response:
    """The content, by gzip if the browser takes it; nothing in it may be a secret."""
    named = {**headers, "vary": ", ".join(filter(None, (headers.get("vary"), "Accept-Encoding")))}
    if not _takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(content, media_type=media_type, headers=named)
    named["content-encoding"] = "gzip"
    return Response(_gzipped(content), media_type=media_type, headers=named)


def _takes_gzip(accepted: str) -> bool:
    return "gzip" in accepted.lower() and not _REFUSED.search(accepted)


@lru_cache(maxsize=32)
def _content(name: str) -> bytes:
    return (STATIC / name).read_bytes()


@lru_cache(maxsize=32)
def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)
