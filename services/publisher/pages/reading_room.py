"""Public pages: the list of publications, each publication, and the daily counts.

Server-rendered, escaped, and readable without JavaScript. Nothing here knows a letter number.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.publisher import store
from services.publisher.api.dependencies import DailyCounts
from services.publisher.domain.letter import PublicPage
from shared.kernel.daily_counts import Entry
from shared.kernel.working_days import civil_date
from shared.platform.http.application import open_to_all
from shared.platform.mongo.database import Collection
from shared.platform.mongo.paging import place_or_start, written
from shared.platform.runtime.clock import Now
from shared.rules.text.search_grams import grams, terms
from shared.web.language import N_
from shared.web.rendering import page

MOST_DAYS: Final = 100
"""Entries on the page of daily counts; all are in the list for programs."""

MOST_WORDS: Final = 100
TOO_SHORT: Final = N_("Write at least two characters.")
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
    words: Annotated[str | None, Query(max_length=MOST_WORDS)] = None,
) -> Response:
    """Publications, newest first, from `after` on; an invalid place means from the start.

    `words`: only those that contain them all.
    """
    if words and words.strip():
        return await _show_found(request, documents, words.strip())
    start = place_or_start(after)
    found, end = await store.publications(documents, now, after=start)
    return page(
        request,
        "list.html",
        publications=[public_entry(each) for each in found],
        older=written(end) if end else None,
        is_first=start is None,
    )


async def _show_found(request: Request, documents: Collection, words: str) -> Response:
    searched = terms(words)
    is_long = bool(grams(words))
    found = await store.search(documents, searched)
    return page(
        request,
        "found.html",
        words=words,
        errors={} if is_long else {"words": TOO_SHORT},
        publications=[public_entry(each) for each in found],
    )


@router.get("/publications/{publication}")
@open_to_all
async def show_publication(
    request: Request, documents: Documents, publication: str, reported: str | None = None
) -> Response:
    """One publication, or a page that says there is none."""
    found = await store.publication(documents, publication)
    if found is None:
        return page(request, "missing.html", status=404)
    return page(request, "publication.html", entry=public_entry(found), reported=reported)


@router.get("/figures/daily")
@open_to_all
async def show_daily_counts(request: Request) -> Response:
    """The letters of each day, the newest first, with the files that show that none is missing."""
    daily: DailyCounts = request.app.state.desk.daily
    entries = await store.newest_entries(daily.entries, most=MOST_DAYS)
    return page(request, "daily_counts.html", rows=[_counted(each) for each in entries])


def _counted(entry: Entry) -> Mapping[str, Any]:
    return {
        "day": date.fromisoformat(entry["day"]),
        "letters": entry["letters"],
        "number": entry["number"],
        "corrects": entry["corrects"],
        "file": f"/public/v1/figures/daily/{entry['day']}",
    }


def public_entry(found: PublicPage) -> Mapping[str, Any]:
    """What a page shows of a publication: words, codes and civil dates."""
    return {
        "path": found.path,
        "title": found.title,
        "text": found.text,
        "reply": found.reply,
        "category": found.category,
        "bureau": found.bureau,
        "since": found.since,
        "note": found.note,
        "published_on": civil_date(found.published_at),
        "corrected_on": civil_date(found.corrected_at) if found.corrected_at else None,
    }
