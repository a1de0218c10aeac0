"""Public pages: the list of publications, each publication, and the daily counts.

Server-rendered, escaped, and readable without JavaScript. Nothing here knows a letter number.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.publisher import store
from services.publisher.api.dependencies import DailyCounts
from services.publisher.domain.letter import PublicPage
from shared.contracts.slugs import BUREAUS
from shared.contracts.vocabulary import PoliceType
from shared.kernel.daily_counts import Entry
from shared.kernel.working_days import civil_date
from shared.platform.http.application import open_to_all
from shared.platform.mongo.database import Collection
from shared.platform.mongo.paging import place_or_start, written
from shared.platform.runtime.clock import Now
from shared.rules.classify.triage import triaged
from shared.rules.text.search_grams import grams, terms
from shared.rules.text.written import Written
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.vocabulary import choices

MOST_DAYS: Final = 100
"""Entries on the page of daily counts; all are in the list for programs."""

MOST_WORDS: Final = 100
FILTERS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "city": ("public_city", BUREAUS),
    "topic": ("public_topic", get_args(PoliceType)),
}
"""What readers may choose, with the index field and its codes."""
ANY: Final[list[tuple[str, object]]] = [("", N_("Any"))]
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
    words: Annotated[str, Query(max_length=MOST_WORDS)] = "",
) -> Response:
    """Publications, newest first, from `after` on; an invalid place means from the start.

    `words`: only those that contain them all.
    """
    words, chosen = words.strip(), _chosen(request)
    where = {FILTERS[name][0]: code for name, code in chosen.items()}
    start = place_or_start(after)
    if words:
        found, end = await store.search(documents, terms(words), where=where), None
    else:
        found, end = await store.publications(documents, now, after=start, where=where)
    return page(
        request,
        "list.html",
        publications=[public_entry(each) for each in found],
        public_url=request.app.state.desk.public_url,
        words=words,
        is_urgent=bool(words) and triaged(Written("", words)).threshold == "stop",
        chosen=chosen,
        cities=ANY + choices("city"),
        topics=ANY + choices("police_type"),
        errors={"words": TOO_SHORT} if words and not grams(words) else {},
        older=f"/?{urlencode({**chosen, 'after': written(end)})}" if end else None,
        newest=f"/?{urlencode(chosen)}" if start else None,
    )


def _chosen(request: Request) -> dict[str, str]:
    """The filters in the address; unknown codes are left out."""
    given = {name: request.query_params.get(name, "") for name in FILTERS}
    return {name: code for name, code in given.items() if code in FILTERS[name][1]}


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
        "topic": found.topic,
        "bureau": found.bureau,
        "since": found.since,
        "note": found.note,
        "published_on": civil_date(found.published_at),
        "corrected_on": civil_date(found.corrected_at) if found.corrected_at else None,
    }
