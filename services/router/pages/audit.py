"""The auditor's pages: what people did, keys that were entered, and signed exports by the day."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import JSONResponse, Response

from services.router.api.dependencies import RouterDesk, TheDesk, found_by
from services.router.pages.csv_export import csv_response
from services.router.pages.desk_tools import DeskTools, Tools
from services.router.pages.frame import PLACE
from services.router.store.audit_trail import acts_on, key_changes, key_changes_on
from shared.contracts.fields import Day
from shared.kernel.civil import passes_at
from shared.kernel.working_days import civil_date
from shared.platform.crypto.signed_exports import Line
from shared.platform.http.identity import on_page, staff
from shared.platform.http.tokens import Person
from shared.web.language import N_, translate
from shared.web.rendering import page
from shared.web.signed_files import export_file, offered_days, past, signature_file

HERE: Final = f"{PLACE}/audit"
MOST_TODAY: Final = 1_000
"""Letters read for today's figures."""
KEYS_SINCE: Final = timedelta(days=400)
router = APIRouter(include_in_schema=False)
Auditor = Annotated[Person, Depends(on_page(staff("auditor")))]
OneDay = Annotated[Day, Path()]
HEAD: Final = (*(N_("Time"), N_("Letter"), N_("Event"), N_("Role"), N_("Bureau"), N_("Staff")),)
COLUMNS: Final = ("at", "letter", "event", "role", "bureau", "staff")


@dataclass(frozen=True, slots=True)
class AuditDesk:
    """An auditor, and what they may find."""

    request: Request
    person: Person
    desk: RouterDesk
    tools: DeskTools

    @property
    def today(self) -> date:
        """The desk's day."""
        return civil_date(self.desk.now())

    def acts(self, day: date, *, most: int | None = None) -> AsyncIterator[Line]:
        """Yield what staff did with letters of which this person sees the course."""
        seen = found_by(self.person, least="course")
        return acts_on(day, self.tools.history, seen=seen, most=most)

    async def export(self, day: date) -> AsyncIterator[Line]:
        """Yield everything of a day that is over. Raises: NotFound."""
        async for line in self.acts(day):
            yield line
        async for line in key_changes_on(day, self.tools.history):
            yield line


async def _desk_of(request: Request, person: Auditor, desk: TheDesk, tools: Tools) -> AuditDesk:
    return AuditDesk(request, person, desk, tools)


At = Annotated[AuditDesk, Depends(_desk_of)]


@router.get(HERE)
async def show_audit(at: At) -> Response:
    """Today's use of roles, the keys entered, and the exports of past days."""
    today = [line async for line in at.acts(at.today, most=MOST_TODAY)]
    since = passes_at(at.today - KEYS_SINCE)
    keys = [line async for line in key_changes(at.tools.history, since=since)]
    return page(
        at.request,
        "audit.html",
        today=at.today,
        roles=Counter(line["role"] for line in today).most_common(),
        people=Counter((line["staff"], line["role"], line["bureau"]) for line in today),
        most=MOST_TODAY,
        keys=grouped(keys),
        days=offered_days(at.today),
    )


@router.get(HERE + "/keys.json")
async def show_public_keys(at: At) -> Response:
    """The public keys by which exports are verified."""
    return JSONResponse(at.tools.signer.public_keys())


@router.get(HERE + "/{day}.jsonl")
async def export_lines(at: At, day: OneDay) -> Response:
    """Everything of a past day, as JSON lines."""
    return export_file(_name(past(day, today=at.today)), at.export(day))


@router.get(HERE + "/{day}.jws")
async def export_signature(at: At, day: OneDay) -> Response:
    """The signature of that file."""
    name = _name(past(day, today=at.today))
    return await signature_file(name, at.export(day), day=day, signer=at.tools.signer)


@router.get(HERE + "/{day}.csv")
async def export_table(at: At, day: OneDay) -> Response:
    """What staff did on a day, for a spreadsheet; the signed file is the other one."""
    head = [translate(at.request, text) for text in HEAD]
    return csv_response(f"audit-{day}.csv", head, rows=_rows(at.acts(day)))


def grouped(keys: Iterable[Line]) -> list[list[Line]]:
    """The changes of keys, newest first; those of one day by the same people together."""
    lines = [{**line, "at": datetime.fromisoformat(line["at"])} for line in keys]
    lines.sort(key=lambda line: line["at"], reverse=True)

    def occasion(line: Line) -> tuple[date, str, str]:
        return civil_date(line["at"]), line["proposed_by"], line["confirmed_by"]

    return [list(group) for _, group in groupby(lines, key=occasion)]


async def _rows(lines: AsyncIterator[Line]) -> AsyncIterator[list[Any]]:
    async for line in lines:
        yield [line[name] for name in COLUMNS]


def _name(day: date) -> str:
    return f"audit-{day}.jsonl"
