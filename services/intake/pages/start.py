"""Where writers arrive: the start page, a city's own entry, links of menus, and the way out.

What the mailbox is not for stands first, before anything can be typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Annotated, Final
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.warnings import lines_for, lines_shown
from services.intake.pages.duty_pages import PLACE
from services.intake.settings import IntakeSettings
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.vocabulary import WhereToTurn
from shared.kernel.errors import NotFound
from shared.kernel.places import PROVINCE
from shared.platform.http.application import open_to_all
from shared.platform.runtime import data_files
from shared.rules.classify.triage import TriageResult
from shared.rules.referrals import turning_to
from shared.web.rendering import page
from shared.web.vocabulary import choices

WRITE: Final = "/write"
EMERGENCY: Final = TriageResult("emergency")
CONTACTS: Final[tuple[WhereToTurn, ...]] = ("police_station", "12389", "12345")
"""Where to call instead of writing, beside the emergency lines."""
MENU_ENTRIES: Final = frozenset(
    {"website-popup", "website-bay", "website-directory", "wechat", "weibo"}
)
"""Where links may come from that name a city."""


async def _city(city: str) -> Bureau:
    """The bureau of an address. Raises: NotFound."""
    for bureau in BUREAUS:
        if bureau == city:
            return bureau
    raise NotFound


router = APIRouter()
OneCity = Annotated[Bureau, Depends(_city)]


@dataclass(frozen=True, slots=True)
class CitizenPages:
    """What the citizens' pages need of the settings."""

    neutral_url: str
    """Where people go who leave in haste."""
    opens: time
    closes: time
    """When letters are read on working days; time of Guangdong."""
    client: str | None = None
    """Our id as a client of the citizens' issuer, which proves the entry of a letter."""
    public_url: str | None = None
    staff_host: str | None = None
    """The host of the duty desk, if it has one of its own."""

    @classmethod
    def of(cls, settings: IntakeSettings) -> CitizenPages:
        """The settings' part for the citizens' pages."""
        hosts = [
            urlsplit(url or "").netloc
            for url in (settings.staff_pages_url, settings.citizen_pages_url)
        ]
        return cls(
            settings.neutral_url,
            settings.office_opens,
            settings.office_closes,
            client=settings.citizen_client_id,
            public_url=settings.public_url,
            staff_host=hosts[0] if hosts[0] != hosts[1] else None,
        )


def pages_of(request: Request) -> CitizenPages:
    """The settings of the citizens' pages."""
    found: CitizenPages = request.app.state.citizen_pages
    return found


@router.get("/")
@open_to_all
async def show_start(request: Request, desk: Desk) -> Response:
    """What the mailbox is for, and the way to write; on the staff's host, the duty desk."""
    if request.headers.get("host") == pages_of(request).staff_host:
        return RedirectResponse(PLACE, status_code=303)
    return _start(request, desk, city=None)


@router.get("/city/{city}")
@open_to_all
async def show_city(request: Request, desk: Desk, city: OneCity) -> Response:
    """The same for one city, whose mailbox is chosen."""
    return _start(request, desk, city=city)


@router.get("/go/{entry}/{city}")
@open_to_all
async def go(entry: str, city: OneCity) -> Response:
    """A link of a menu or of another site; city and entry survive the sign-in."""
    if entry not in MENU_ENTRIES:
        raise NotFound
    query = urlencode({"to": city, "entry": entry})
    return RedirectResponse(f"{WRITE}?{query}", status_code=303)


def _start(request: Request, desk: FrontDesk, *, city: Bureau | None) -> Response:
    pages = pages_of(request)
    contacts = [
        line
        for code in CONTACTS
        for line in turning_to(code, city=city, stations=desk.stations)
        if line.number
    ]
    return page(
        request,
        "start.html",
        city=city,
        write=f"{WRITE}?{urlencode({'to': city})}" if city else WRITE,
        lines=lines_for(EMERGENCY, city),
        contacts=lines_shown(contacts),
        cities=[one for one in choices("city") if one[0] != PROVINCE],
        categories=data_files.categories().categories,
        opens=pages.opens,
        closes=pages.closes,
        public_url=pages.public_url,
    )
