"""Supervision: all letters by bureau, state and due date, and why to look at which of them."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.router.api.dependencies import RouterDesk, TheDesk, found_by, seen_by
from services.router.api.lists_schemas import subject
from services.router.domain.letter import Letter
from services.router.domain.overview import (
    DUE_SPANS,
    Concern,
    DueSpan,
    Horizon,
    OverviewFilter,
    OverviewLine,
    concerns,
    due_span,
)
from services.router.pages.csv_export import TOGETHER, csv_response
from services.router.pages.desk_tools import DeskTools, Tools
from services.router.pages.frame import PLACE
from services.router.store.overview import HOLDERS, UNDER_WAY, OverviewCounts
from shared.contracts.slugs import Holder
from shared.contracts.vocabulary import State
from shared.kernel.finding import Restriction, restriction
from shared.kernel.working_days import GUANGDONG
from shared.platform.http.identity import on_page, staff
from shared.platform.http.parameters import After
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of
from shared.platform.mongo.paging import place, written
from shared.web.language import N_, Message, translate
from shared.web.rendering import page
from shared.web.vocabulary import label

HERE: Final = f"{PLACE}/supervision"
MOST: Final = 25
"""Letters on a page: each is opened for its subject."""
router = APIRouter(include_in_schema=False)
Supervisor = Annotated[Person, Depends(on_page(staff("supervisor", "director")))]

CONCERN_NAMES: Final[Mapping[Concern, Message]] = {
    "overdue": N_("Overdue"),
    "late_red": N_("Overdue: unit and office were told"),
    "late_chief": N_("Overdue: the chief was told"),
    "late_province": N_("Overdue: the province was told"),
    "extension": N_("Requests for more time that wait"),
    "instruction": N_("Instructions without an answer"),
    "supervised": N_("Supervised letters"),
    "followed": N_("Addressed to the province, handled elsewhere"),
    "returned": N_("Returned at least once"),
    "ping_pong": N_("Sent back and forth between bureaus"),
    "promise_soon": N_("Promises due within two weeks"),
    "promise_broken": N_("Promises whose date has passed"),
}
DUE_NAMES: Final[Mapping[DueSpan, Message]] = {
    "passed": N_("Overdue"),
    "today": N_("Due today"),
    "week": N_("Due within a week"),
    "later": N_("Due later"),
    "paused": N_("Clock paused"),
}
ACTIONS: Final[Mapping[Concern, tuple[str, Message]]] = {
    "extension": ("decide_extension", N_("Decide")),
    "overdue": ("supervise", N_("Supervise")),
    "late_red": ("supervise", N_("Supervise")),
    "late_chief": ("supervise", N_("Supervise")),
    "ping_pong": ("recall", N_("Recall")),
}
"""What is mostly done about the letters of a list."""
HEAD: Final = (
    N_("Letter"),
    N_("Bureau"),
    N_("State"),
    N_("Kind"),
    N_("Field of work"),
    N_("Received"),
    N_("Due"),
    N_("Why to look at it"),
    N_("Times returned"),
)


@dataclass(frozen=True, slots=True)
class SupervisionDesk:
    """A supervisor or the director, and what they may find."""

    request: Request
    person: Person
    desk: RouterDesk
    tools: DeskTools

    @property
    def who(self) -> Restriction:
        """The letters of which this person may see the course at least."""
        return restriction(viewer_of(self.person))

    def action_of(self, wanted: OverviewFilter) -> tuple[str, Message] | None:
        """Return the action that supervisors mostly take in this list."""
        if "supervisor" not in self.person.roles or wanted.concern is None:
            return None
        return ACTIONS.get(wanted.concern)

    @property
    def horizon(self) -> Horizon:
        """The desk's time."""
        return Horizon.at(self.desk.now())


async def _desk_of(
    request: Request, person: Supervisor, desk: TheDesk, tools: Tools
) -> SupervisionDesk:
    return SupervisionDesk(request, person, desk, tools)


async def _filter(
    holder: Holder | Literal[""] | None = None,
    state: State | Literal[""] | None = None,
    due: DueSpan | Literal[""] | None = None,
    concern: Concern | Literal[""] | None = None,
) -> OverviewFilter:
    return OverviewFilter(holder or None, state or None, due or None, concern or None)


At = Annotated[SupervisionDesk, Depends(_desk_of)]
Wanted = Annotated[OverviewFilter, Depends(_filter)]


@router.get(HERE)
async def show_overview(at: At) -> Response:
    """Counts over all letters that this person may find; each leads to its list."""
    overview = at.tools.overview
    counts = OverviewCounts.of(overview.seen_by(at.who), at.horizon)
    states = [state for state in UNDER_WAY if any(key[1] == state for key in counts.by_state)]
    rows = list(_rows(counts, states))
    without = [holder for holder, cells in rows if not any(count for count, _ in cells)]
    return page(
        at.request,
        "supervision.html",
        as_of=overview.as_of,
        concerns=[
            (name, CONCERN_NAMES[name], counts.by_concern[name], list_address(concern=name))
            for name in CONCERN_NAMES
        ],
        states=states,
        spans=[(span, DUE_NAMES[span]) for span in DUE_SPANS],
        rows=[row for row in rows if row[0] not in without],
        without=without,
        total=sum(counts.by_state.values()),
    )


@router.get(f"{HERE}/letters")
async def show_letters(at: At, wanted: Wanted, after: After = None) -> Response:
    """The letters of one count, the first due first."""
    overview, horizon = at.tools.overview, at.horizon
    lines, end = overview.page(
        at.who, wanted, at=horizon, after=place(after) if after else None, most=MOST
    )
    letters = await at.desk.letters.states([line.number for line in lines])
    return page(
        at.request,
        "supervision_letters.html",
        title=title_of(wanted),
        rows=[
            (line, concerns(line, horizon), _subject(at.person, found))
            for line in lines
            if isinstance(found := letters.get(line.number), Letter)
            and seen_by(at.person, found) in ("all", "course")
        ],
        concern_names=CONCERN_NAMES,
        now=at.desk.now(),
        action=at.action_of(wanted),
        next=list_address(wanted, after=written(end)) if end else None,
        csv=list_address(wanted, path="letters.csv"),
        as_of=overview.as_of,
        wanted=wanted,
        holders=[("", N_("All bureaus")), *((one, label("holder", one)) for one in HOLDERS)],
        states=[("", N_("All states")), *((one, label("state", one)) for one in UNDER_WAY)],
        spans=[("", N_("Any time")), *DUE_NAMES.items()],
        reasons=[("", N_("Any reason")), *CONCERN_NAMES.items()],
    )


@router.get(f"{HERE}/letters.csv")
async def export_letters(at: At, wanted: Wanted) -> Response:
    """The same list as a file: codes and dates, neither words nor identity."""

    def said(text: Message) -> str:
        return translate(at.request, text)

    lines = list(at.tools.overview.lines(at.who, wanted, at=at.horizon))
    name = f"letters-{at.desk.now().astimezone(GUANGDONG):%Y%m%d-%H%M}.csv"
    return csv_response(name, [said(text) for text in HEAD], rows=_exported(at, lines))


def list_address(
    wanted: OverviewFilter | None = None,
    *,
    path: Literal["letters", "letters.csv"] = "letters",
    after: str | None = None,
    **fields: str,
) -> str:
    """Return where the letters of a filter are listed, or exported."""
    named = {
        "holder": wanted and wanted.holder,
        "state": wanted and wanted.state,
        "due": wanted and wanted.due,
        "concern": wanted and wanted.concern,
        **fields,
        "after": after,
    }
    query = urlencode({name: value for name, value in named.items() if value})
    return f"{HERE}/{path}?{query}" if query else f"{HERE}/{path}"


def title_of(wanted: OverviewFilter) -> Message:
    """Return what a list is about; holder and state are shown beside it."""
    if wanted.concern:
        return CONCERN_NAMES[wanted.concern]
    return DUE_NAMES[wanted.due] if wanted.due else N_("Letters")


def _rows(
    counts: OverviewCounts, states: Sequence[State]
) -> Iterator[tuple[Holder, list[tuple[int, str]]]]:
    """The matrix: for each holder its letters by state, and those without an answer by due date."""
    for holder in HOLDERS:
        by_state = [
            (counts.by_state[holder, state], list_address(holder=holder, state=state))
            for state in states
        ]
        by_due = [
            (counts.by_due[holder, span], list_address(holder=holder, due=span))
            for span in DUE_SPANS
        ]
        yield holder, [*by_due, *by_state]


async def _exported(
    at: SupervisionDesk, lines: Sequence[OverviewLine]
) -> AsyncIterator[list[object]]:
    """The rows of the letters that this person may find now, by number."""
    ordered, horizon = sorted(lines, key=lambda line: line.number), at.horizon
    for start in range(0, len(ordered), TOGETHER):
        some = ordered[start : start + TOGETHER]
        where = {"_id": {"$in": [line.number for line in some]}}
        where |= found_by(at.person, least="course")
        found = await at.desk.documents.find(where, fields={"_id": 1})
        seen = {one["_id"] for one in found}
        for line in some:
            if line.number in seen:
                yield _cells(line, horizon, at.request)


def _subject(person: Person, letter: Letter) -> str | None:
    if seen_by(person, letter) != "all":
        return None
    return subject(letter, is_masked=letter.masked)


def _cells(line: OverviewLine, at: Horizon, request: Request) -> list[object]:
    def said(kind: str, code: str | None) -> str:
        return translate(request, label(kind, code)) if code else ""

    reasons = concerns(line, at)
    return [
        line.number,
        said("holder", line.holder),
        said("state", line.state),
        said("category", line.category),
        said("police_type", line.police_type),
        f"{line.received_at.astimezone(GUANGDONG):%Y-%m-%d %H:%M}",
        line.due_on if due_span(line, at) else None,
        "; ".join(
            translate(request, name) for code, name in CONCERN_NAMES.items() if code in reasons
        ),
        line.returns,
    ]
