"""The page of the notice to letter-writers."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.intake.api.dependencies import Desk
from services.intake.api.notices import CURRENT, notice_of
from shared.contracts.fields import Version
from shared.platform.http.application import open_to_all
from shared.web.language import display_of
from shared.web.rendering import page

HERE: Final = "/notice"
router = APIRouter(include_in_schema=False)


@router.get(HERE)
@open_to_all
async def show_notice(
    request: Request, desk: Desk, version: Annotated[Version, Query()] = CURRENT
) -> Response:
    """The notice, in the reader's language."""
    found, is_current = notice_of(desk, version)
    text = found.en if display_of(request).lang == "en" else found.zh
    return page(request, "notice.html", notice=found, text=text, is_current=is_current)
