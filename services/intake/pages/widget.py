"""The script with which other sites show the mailbox, and the line that they include."""

import json
from base64 import b64encode
from functools import cache
from hashlib import sha384
from html import escape
from pathlib import Path
from typing import Final, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from shared.kernel.places import PROVINCE
from shared.platform.http.application import open_to_all
from shared.platform.runtime.data_files import bureaus
from shared.web.static_files import packed

PATH: Final = "/widget.js"
SOURCE: Final = Path(__file__).parent.parent / "static" / "widget.js"
HEADERS: Final = {
    "cache-control": "public, max-age=3600",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}
"""Any site may load it: it holds nothing of anybody. Subresource Integrity needs CORS."""
WidgetMode = Literal["popup", "bay", "directory"]
router = APIRouter(include_in_schema=False)


@router.get(PATH)
@open_to_all
async def show_widget(request: Request) -> Response:
    """The script."""
    return packed(request, widget_script(), media_type="text/javascript", headers=HEADERS)


@cache
def widget_script() -> bytes:
    """The script with the cities' names."""
    cities = [
        [each.slug, each.city_zh, each.city_en]
        for each in bureaus().by_slug.values()
        if each.slug != PROVINCE
    ]
    names = json.dumps(cities, ensure_ascii=False, separators=(",", ":"))[1:-1]
    return SOURCE.read_text(encoding="utf-8").replace("/*cities*/", names).encode()


def integrity() -> str:
    """The script's digest for Subresource Integrity."""
    return f"sha384-{b64encode(sha384(widget_script()).digest()).decode()}"


def snippet(base: str, *, mode: WidgetMode, city: str, lang: Literal["zh", "en"]) -> str:
    """The line that a page of another site includes.

    Where the script doesn't run, or isn't the one that was pinned, the plain link stays.

    `base`: where the citizens' pages are, without a path. `city`: a bureau's slug, or `province`.
    """
    name = "厅长信箱" if lang == "zh" else "Write to the police chief"
    data = {"mode": mode, "city": city, "lang": lang}
    attributes = "".join(f' data-{key}="{escape(value)}"' for key, value in data.items())
    return (
        f'<a href="{escape(base)}/go/website-{mode}/{escape(city)}" data-mailbox-link>{name}</a>'
        f'<script src="{escape(base)}{PATH}" integrity="{integrity()}" crossorigin="anonymous"'
        f"{attributes}></script>"
    )
