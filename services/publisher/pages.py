"""Public pages: the list of publications, and each publication.

Server-rendered, escaped, and readable without JavaScript. Nothing here knows a letter number.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from services.publisher import store
from services.publisher.domain.letter import PublicPage
from shared.contracts.bilingual import Bilingual, bilingual
from shared.contracts.vocabulary import CorrectionNote
from shared.kernel.errors import BadValue
from shared.kernel.working_days import civil_date
from shared.platform.http.application import open_to_all
from shared.platform.mongo.database import Collection
from shared.platform.mongo.paging import Place, place, written
from shared.platform.runtime.clock import Now
from shared.platform.runtime.data_files import bureaus, categories

HERE = Path(__file__).parent
STYLE = HERE / "static" / "publisher.css"
STYLE_HEADERS = {"cache-control": "public, max-age=3600"}

NOTES: Mapping[CorrectionNote, Bilingual] = bilingual(
    {
        "facts": ("更正了事实", "facts were corrected"),
        "wording": ("修改了文字", "the wording was changed"),
        "more_hidden": ("进一步隐去了个人信息", "more was hidden"),
        "brought_up_to_date": ("更新为最新答复", "it was brought up to date"),
    }
)
"""What was corrected, in Chinese and English."""

TEMPLATES = Jinja2Templates(directory=HERE / "templates")

router = APIRouter(include_in_schema=False)


def _documents(request: Request) -> Collection:
    documents: Collection = request.app.state.desk.documents
    return documents


def _instant(request: Request) -> datetime:
    now: Now = request.app.state.desk.now
    return now()


Documents = Annotated[Collection, Depends(_documents)]
Instant = Annotated[datetime, Depends(_instant)]


@router.get("/")
@open_to_all
async def show_list(
    request: Request,
    documents: Documents,
    now: Instant,
    after: Annotated[str | None, Query(max_length=80)] = None,
) -> Response:
    """Publications, newest first, from `after` on; an invalid place means from the start."""
    start = _place(after)
    pages, end = await store.publications(documents, now, after=start)
    entries = [{"page": page, **_labels(page)} for page in pages]
    older = written(end) if end else None
    return TEMPLATES.TemplateResponse(
        request, "list.html", {"entries": entries, "older": older, "is_first": start is None}
    )


@router.get("/publications/{publication}")
@open_to_all
async def show_publication(request: Request, documents: Documents, publication: str) -> Response:
    """One publication, or a page that says there is none."""
    page = await store.publication(documents, publication)
    if page is None:
        return TEMPLATES.TemplateResponse(request, "missing.html", status_code=404)
    return TEMPLATES.TemplateResponse(request, "publication.html", {"page": page, **_labels(page)})


@router.get("/static/publisher.css")
@open_to_all
async def show_style() -> FileResponse:
    """The style sheet of all pages."""
    return FileResponse(STYLE, media_type="text/css", headers=STYLE_HEADERS)


def _place(after: str | None) -> Place | None:
    try:
        return place(after) if after else None
    except BadValue:
        return None


def _labels(page: PublicPage) -> dict[str, Any]:
    """Labels beside the words: the day, who answered, and the category."""
    day: date = civil_date(page.published_at)
    corrected = civil_date(page.corrected_at) if page.corrected_at else None
    return {
        "day": day,
        "day_zh": _in_chinese(day),
        "corrected": corrected,
        "corrected_zh": _in_chinese(corrected) if corrected else None,
        "note": NOTES[page.note] if page.note else None,
        "bureau": bureaus().bureau_for(page.bureau) if page.bureau else None,
        "city": bureaus().bureau_for(page.city) if page.city else None,
        "category": categories().categories.get(page.category) if page.category else None,
    }


def _in_chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
