"""The style guide at `/style-guide`: each component in its states. In development only."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from shared.platform.http.application import open_to_all
from shared.platform.http.tokens import Person
from shared.web.language import N_
from shared.web.rendering import Entry, page

router = APIRouter(include_in_schema=False)

AT: Final = datetime(2026, 11, 28, 3, 3, tzinfo=UTC)
ENTRIES: Final = (
    Entry("/style-guide", N_("Inbox")),
    Entry("/style-guide/signing", N_("Signing folder")),
    Entry("/style-guide/reading", N_("Reading list")),
)
LETTER: Final = (
    "村口的红绿灯坏了三个月，车开得很快，孩子们上学要横穿马路。\n\n"
    "我打过两次电话，都说会派人来修，至今没有人来。请问什么时候能修好？"
)
"""An invented letter."""
TIMELINE: Final = (
    {"at": AT, "title": N_("Reply sent back"), "text": "请写明修好的日期。"},
    {"at": AT - timedelta(days=2), "title": N_("Accepted"), "text": ""},
    {"at": AT - timedelta(days=3), "title": N_("Received"), "text": ""},
)
ERRORS: Final[dict[str, str]] = {
    "text": N_("Fill this in"),
    "day": N_("Give a date such as 2026-12-31"),
    "outcome": N_("Choose one of the answers"),
}


@router.get("/style-guide")
@open_to_all
async def show_style_guide(request: Request, errors: bool = False) -> Response:
    """All components; with `errors`, as after a form that was not accepted."""
    shown: dict[str, Any] = {
        "entries": ENTRIES,
        "person": Person("style-guide", name="陈小明"),
        "errors": ERRORS if errors else {},
        "status": 422 if errors else 200,
    }
    return page(request, "style_guide.html", at=AT, letter=LETTER, timeline=TIMELINE, **shown)
