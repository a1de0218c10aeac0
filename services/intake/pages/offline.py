"""The service worker that says "you are offline" on writers' pages, and keeps what was typed there.

It is made for the reader's language and type; browsers fetch it again after each navigation.
"""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from shared.platform.http.application import open_to_all
from shared.platform.http.request_guard import SECURITY_HEADERS, UNCACHED
from shared.web.language import N_, translate
from shared.web.rendering import VARIES, page
from shared.web.static_files import packed

PATH: Final = "/offline.js"
HERE: Final = Path(__file__).parent.parent
SOURCE: Final = (HERE / "static" / "offline.js").read_text(encoding="utf-8")
STYLE: Final = (HERE / "templates" / "offline.css").read_text(encoding="utf-8")
POLICY: Final = (
    "default-src 'none'; img-src 'self'; style-src 'sha256-{}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing runs in the page: it contains what somebody typed."""
HEADERS: Final = {
    **SECURITY_HEADERS,
    **UNCACHED,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": POLICY.format(b64encode(sha256(STYLE.encode()).digest()).decode()),
}
SAYS: Final = {
    "kept": N_(
        "What you typed was not sent. It is kept on this page alone: leave the page open, and send "
        "it again when you have a connection."
    ),
    "typed": N_("What you typed"),
    "again": N_("Send again"),
    "file": N_("The file was not sent. Choose it again when you have a connection."),
    "back": N_("Back to the files"),
    "open": N_("Try again"),
}
router = APIRouter(include_in_schema=False)


@router.get(PATH)
@open_to_all
async def show_worker(request: Request) -> Response:
    """The script, with the page in the reader's language."""
    html = bytes(page(request, "offline.html", style=STYLE).body).decode()
    texts = {name: translate(request, text) for name, text in SAYS.items()}
    script = SOURCE.replace("/*page*/", json.dumps(texts | {"html": html}, ensure_ascii=False))
    script = script.replace("/*headers*/", json.dumps(HEADERS))
    return packed(
        request, script.encode(), media_type="text/javascript", headers={"vary": VARIES} | UNCACHED
    )
