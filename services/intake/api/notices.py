"""Route of the notice to letter-writers: who reads what, how long it is kept, their rights."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from services.intake.api.dependencies import Desk, FrontDesk
from shared.contracts.fields import Version
from shared.kernel.errors import NotFound
from shared.kernel.notices import Notice, NoticeText
from shared.kernel.working_days import civil_date
from shared.platform.http.application import open_to_all

CURRENT = "current"
router = APIRouter(prefix="/v1/notices", tags=["notices"])


class NoticeSectionShown(BaseModel):
    """A heading and its paragraphs."""

    heading: str
    paragraphs: list[str]


class NoticeTextShown(BaseModel):
    """The notice in one language."""

    title: str
    sections: list[NoticeSectionShown]


class NoticeShown(BaseModel):
    """A version of the notice, to be shown before somebody writes."""

    version: str
    """Send it as `notice_version` of the letter."""
    since: date
    is_current: bool
    """Whether it holds today."""
    zh: NoticeTextShown
    en: NoticeTextShown


def notice_of(desk: FrontDesk, version: str) -> tuple[Notice, bool]:
    """A version, or the current one, and whether it holds today. Raises: NotFound."""
    now = desk.notices.on(civil_date(desk.now()))
    found = now if version == CURRENT else desk.notices.by_version.get(version)
    if found is None:
        raise NotFound
    return found, found == now


@router.get("/{version}")
@open_to_all
async def read_notice(version: Annotated[Version, Path()], desk: Desk) -> NoticeShown:
    """The notice in Chinese and English; `current` for the one that holds today."""
    found, is_current = notice_of(desk, version)
    return NoticeShown(
        version=found.version,
        since=found.since,
        is_current=is_current,
        zh=_shown(found.zh),
        en=_shown(found.en),
    )


def _shown(text: NoticeText) -> NoticeTextShown:
    sections = [
        NoticeSectionShown(heading=each.heading, paragraphs=list(each.paragraphs))
        for each in text.sections
    ]
    return NoticeTextShown(title=text.title, sections=sections)
