"""The reveal log for auditors: who asked to see a writer, granted it and saw it; who opened files.

It never shows an identity, nor the words in which somebody gave a reason.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import JSONResponse, Response

from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.reveals import WATCHERS
from services.intake.api.reveals_schemas import RevealListed, reveal_listed
from services.intake.domain.letter import IntakeLetter, Reveal
from services.intake.store import LookUp, RevealFilter, letters_with_reveals
from shared.contracts.fields import Day
from shared.kernel.civil import ONE_DAY, passes_at
from shared.kernel.working_days import civil_date
from shared.platform.crypto.signed_exports import ExportSigner, Line
from shared.platform.http.identity import on_page, staff
from shared.platform.http.parameters import After
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of, visibility_filter
from shared.platform.mongo.paging import Place, place, written
from shared.web.language import N_, Message
from shared.web.rendering import page
from shared.web.signed_files import export_file, offered_days, past, signature_file

HERE: Final = "/reveals/log"
SPANS: Final = (1, 7, 30, 365)
MOST_LOOK_UPS: Final = 500
"""Look-ups on one page; exports have all."""
router = APIRouter(include_in_schema=False)
Watcher = Annotated[Person, Depends(on_page(staff(*WATCHERS)))]
OneDay = Annotated[Day, Path()]
SPAN_NAMES: Final = {
    1: N_("Since yesterday"),
    7: N_("The last week"),
    30: N_("The last month"),
    365: N_("The last year"),
}


@dataclass(frozen=True, slots=True)
class RevealDesk:
    """Somebody who watches reveals, and intake's parts."""

    request: Request
    person: Person
    desk: FrontDesk

    @property
    def today(self) -> date:
        """The desk's day."""
        return civil_date(self.desk.now())

    @property
    def signer(self) -> ExportSigner:
        """Signs exports."""
        signer: ExportSigner = self.request.app.state.export_signer
        return signer

    async def letters(
        self, since: datetime, after: Place | None
    ) -> tuple[list[tuple[str, IntakeLetter]], Place | None]:
        """One page of letters with a step since then that this person may find, and its end."""
        seen = visibility_filter(viewer_of(self.person))
        which = RevealFilter("any", since)
        numbers, end = await letters_with_reveals(
            self.desk.documents, which, seen=seen, after=after
        )
        states = await self.desk.letters.states(numbers)
        found = [(number, states.get(number)) for number in numbers]
        return [(number, one) for number, one in found if isinstance(one, IntakeLetter)], end

    async def export(self, day: date) -> AsyncIterator[Line]:
        """Yield every step of a day and every look-up, in order of time."""
        start, end = passes_at(day - ONE_DAY), passes_at(day)
        lines: list[Line] = []
        after: Place | None = None
        while True:
            letters, after = await self.letters(start, after)
            lines += [
                line
                for number, letter in letters
                for at, line in lines_of(number, letter)
                if start <= at < end
            ]
            if after is None:
                break
        lines += map(look_up_line, await self.desk.look_ups.between(start, end))
        for line in sorted(lines, key=lambda one: (one["at"], one.get("letter", ""), one["event"])):
            yield line


async def _desk_of(request: Request, person: Watcher, desk: Desk) -> RevealDesk:
    return RevealDesk(request, person, desk)


At = Annotated[RevealDesk, Depends(_desk_of)]


@router.get(HERE)
async def show_log(
    at: At, days: Annotated[int, Query(ge=1, le=365)] = 7, after: After = None
) -> Response:
    """Requests, decisions and views, the letters that changed first come first."""
    since = passes_at(at.today - (days + 1) * ONE_DAY)
    letters, end = await at.letters(since, place(after) if after else None)
    return page(
        at.request,
        "reveal_log.html",
        rows=[
            (number, listed, standing_of(listed))
            for number, letter in letters
            for listed in map(reveal_listed, letter.reveals)
        ],
        look_ups=(await at.desk.look_ups.between(since, at.desk.now() + ONE_DAY))[-MOST_LOOK_UPS:],
        views=[(number, view) for number, letter in letters for view in letter.file_views],
        fetches=[(number, fetch) for number, letter in letters for fetch in letter.fetches],
        span=days,
        spans=[(str(span), SPAN_NAMES[span]) for span in SPANS],
        days=offered_days(at.today),
        next=f"{HERE}?days={days}&after={written(end)}" if end else None,
    )


@router.get(HERE + "/keys.json")
async def show_public_keys(at: At) -> Response:
    """The public keys by which exports are verified."""
    return JSONResponse(at.signer.public_keys())


@router.get(HERE + "/{day}.jsonl")
async def export_lines(at: At, day: OneDay) -> Response:
    """Every step of a past day, as JSON lines."""
    return export_file(_name(past(day, today=at.today)), at.export(day))


@router.get(HERE + "/{day}.jws")
async def export_signature(at: At, day: OneDay) -> Response:
    """The signature of that file."""
    name = _name(past(day, today=at.today))
    return await signature_file(name, at.export(day), day=day, signer=at.signer)


def standing_of(reveal: RevealListed) -> Message:
    """Return how far a request has come."""
    if reveal.revealed_at or reveal.signed_in_at:
        return N_("seen")
    if reveal.granted is None:
        return N_("waiting")
    return N_("granted, not seen") if reveal.granted else N_("refused")


def lines_of(number: str, letter: IntakeLetter) -> Iterator[tuple[datetime, Line]]:
    """Yield every step of a letter with its time, each as a line of the export."""
    for reveal in letter.reveals:
        yield from steps(number, reveal)
    for view in letter.file_views:
        who = {"role": view.role, "bureau": view.bureau, "staff": view.staff}
        fields = {"letter": number, **who, "files": list(view.files)}
        yield view.viewed_at, _line("files.opened", view.viewed_at, fields)
    for fetch in letter.fetches:
        if fetch.fetched_at:
            fields = {"letter": number, "bureau": fetch.bureau, "file": fetch.file}
            yield fetch.fetched_at, _line("file.fetched", fetch.fetched_at, fields)


def steps(number: str, reveal: Reveal) -> Iterator[tuple[datetime, Line]]:
    """Yield when somebody asked, decided and saw, each as a line of the export."""
    who = {
        "letter": number,
        "reveal": reveal.reveal,
        "role": reveal.role,
        "bureau": reveal.bureau,
        "staff": reveal.staff,
        "reason": reveal.reason,
    }
    decision, seen_at = reveal.decision, reveal.revealed_at or reveal.signed_in_at
    if reveal.requested_at:
        yield reveal.requested_at, _line("identity.requested", reveal.requested_at, who)
    if decision:
        more = {"decided_by": decision.staff, "granted": decision.granted}
        yield decision.decided_at, _line("identity.decided", decision.decided_at, who | more)
    if seen_at:
        yield seen_at, _line("identity.seen", seen_at, who)


def look_up_line(one: LookUp) -> Line:
    """A look-up as a line of the export: who and why, never the number that was looked for."""
    fields = {
        "role": one.role,
        "staff": one.staff,
        "kind": one.kind,
        "reason": one.reason,
        "reference": one.reference,
        "found": one.found,
    }
    return _line("letters.looked_up", one.at, fields)


def _line(event: str, at: datetime, fields: Line) -> Line:
    written_at = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"at": written_at, "event": event, **fields}


def _name(day: date) -> str:
    return f"reveals-{day}.jsonl"
