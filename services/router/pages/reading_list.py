"""The reading list: letters that a chief or the director reads in person, by policy."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal, NamedTuple

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from services.router.api.dependencies import TheDesk, require_role, seen_by
from services.router.api.letters_schemas import shown
from services.router.api.lists_schemas import subject
from services.router.domain.letter import Letter
from services.router.domain.overview import Horizon, OverviewFilter, OverviewLine, is_late
from services.router.domain.supervision import DIRECTOR, ReadLetter, is_in_person
from services.router.pages.desk_tools import Tools
from services.router.pages.frame import LETTERS, PLACE, refusal_text
from services.router.pages.reading_desk import ReadingDesk, show_text_form, take_text
from services.router.pages.signing_folder import INSTRUCT
from services.router.store.overview import place_of
from services.router.store.read_share import LEAST
from shared.contracts.slugs import BUREAUS, Holder
from shared.contracts.values import By
from shared.kernel.errors import Refused
from shared.kernel.finding import restriction
from shared.kernel.places import PROVINCE
from shared.kernel.reading import ReadingPolicy, WhyRead
from shared.kernel.viewers import INSPECTORS, chief
from shared.kernel.working_days import civil_date
from shared.platform.http.identity import on_page, staff
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of
from shared.web.form_pages import key_in, new_key
from shared.web.forms import fields_of
from shared.web.language import N_
from shared.web.masthead import CHIEFS
from shared.web.rendering import page

HERE: Final = f"{PLACE}/reading"
MOST: Final = 25
"""Letters on a page: each is opened for its subject."""
router = APIRouter(include_in_schema=False)
Chief = Annotated[Person, Depends(on_page(staff(*CHIEFS)))]
Done = Literal["read", "instructed", "gone"]
Which = Literal["unread", "read"]
NOTICES: Final = {
    "read": N_("Noted: you have read the letter."),
    "instructed": N_("The instruction is given."),
    "gone": N_("That letter is not on your list any more."),
}


class ReadingOffice(NamedTuple):
    """An office that this person holds, or for which they read."""

    name: str
    """As in `letter.read`."""
    holder: Holder | None
    """Whose letters it reads; None: all."""
    by: By


@dataclass(frozen=True, slots=True)
class ToRead:
    """A letter on the list."""

    line: OverviewLine
    why: WhyRead
    is_read: bool
    is_late: bool

    @property
    def number(self) -> str:
        """The letter's number."""
        return self.line.number


@dataclass(frozen=True, slots=True)
class ChiefsDesk(ReadingDesk):
    """A chief, a deputy or the director."""

    @property
    def offices(self) -> list[ReadingOffice]:
        """Return the offices by this person's roles."""
        roles, staff_id = self.person.roles, self.staff
        found = [
            ReadingOffice(f"{slug}:chief", slug, By(role="chief", bureau=slug, staff=staff_id))
            for slug in BUREAUS
            if chief(slug) in roles or (slug == PROVINCE and INSPECTORS[1] in roles)
        ]
        if "director" in roles:
            found.append(ReadingOffice(DIRECTOR, None, By(role="director", staff=staff_id)))
        return found

    @property
    def policy(self) -> ReadingPolicy | None:
        """The policy in force today."""
        return self.desk.rulebook.versions.on(civil_date(self.desk.now())).reading

    @property
    def reads_in_person(self) -> bool:
        """Whether this person's reading counts: deputies read for the chief."""
        on, rulebook = civil_date(self.desk.now()), self.desk.rulebook
        return any(is_in_person(one.by, on=on, rulebook=rulebook) for one in self.offices)

    def to_read(self) -> Iterator[ToRead]:
        """Yield the letters on this person's list, in no order."""
        policy = self.policy
        if policy is None:
            return
        at, in_person = Horizon.at(self.desk.now()), self.reads_in_person
        who = restriction(viewer_of(self.person), least="all")
        for line in self.tools.overview.lines(who, OverviewFilter(), at=at):
            office = self._office_for(line)
            late = is_late(line, at)
            why = policy.why(line.number, line.category, is_late=late) if office else None
            if office and why:
                read = line.read_by if in_person else line.read_for
                yield ToRead(line, why, office.name in read, late)

    def _office_for(self, line: OverviewLine) -> ReadingOffice | None:
        return next((one for one in self.offices if one.holder in (None, line.holder)), None)


async def _desk_of(request: Request, person: Chief, desk: TheDesk, tools: Tools) -> ChiefsDesk:
    return ChiefsDesk(request, person, desk, tools)


At = Annotated[ChiefsDesk, Depends(_desk_of)]


def order(entry: ToRead) -> tuple[bool, datetime, str]:
    """Unread ones first, then the first due."""
    return entry.is_read, *place_of(entry.line)


@router.get(HERE)
async def show_list(
    at: At,
    which: Which = "unread",
    start: Annotated[int, Query(ge=0, le=10_000)] = 0,
    done: Done | None = None,
) -> Response:
    """The letters on this person's list, the first due first."""
    entries = list(at.to_read())
    wanted = [entry for entry in entries if entry.is_read == (which == "read")]
    shown_ones = heapq.nsmallest(start + MOST + 1, wanted, key=order)[start:]
    more = len(shown_ones) > MOST
    letters = await at.desk.letters.states([one.number for one in shown_ones[:MOST]])
    return page(
        at.request,
        "reading_list.html",
        rows=[
            (one, subject(letter, is_masked=letter.masked))
            for one in shown_ones[:MOST]
            if isinstance(letter := letters.get(one.number), Letter)
            and seen_by(at.person, letter) == "all"
        ],
        which=which,
        counts=Counter(entry.is_read for entry in entries),
        whys=Counter(entry.why for entry in entries if not entry.is_read),
        policy=at.policy,
        next=f"{HERE}?which={which}&start={start + MOST}" if more else None,
        as_of=at.tools.overview.as_of,
        in_person=at.reads_in_person,
        share=at.tools.shares.of(restriction(viewer_of(at.person))),
        share_as_of=at.tools.shares.as_of,
        least=LEAST,
        notice=NOTICES.get(done or ""),
    )


@router.get(f"{HERE}/next")
async def show_following(
    at: At, after: Annotated[str | None, Query(max_length=40)] = None, done: Done | None = None
) -> Response:
    """Go to the next unread letter; the one that was just read comes last."""
    unread = sorted((entry for entry in at.to_read() if not entry.is_read), key=order)
    numbers = [entry.number for entry in unread]
    if after in numbers:
        place = numbers.index(after)
        numbers = numbers[place + 1 :] + numbers[:place]
    where = f"{HERE}/{numbers[0]}" if numbers else HERE
    return RedirectResponse(f"{where}?done={done}" if done else where, status_code=303)


@router.get(HERE + "/{letter}")
async def show_letter(letter: str, at: At, done: Done | None = None) -> Response:
    """A letter to be read in person."""
    number, found = await at.letter(letter)
    return _letter_page(at, number, found, notice=NOTICES.get(done or ""))


@router.get(LETTERS + "/{letter}/read")
async def go_to_letter(letter: str, at: At) -> Response:
    """Go from a letter's page to the reading list's."""
    number, _ = await at.letter(letter)
    return RedirectResponse(f"{HERE}/{number}", status_code=303)


@router.post(HERE + "/{letter}/read")
async def read(letter: str, at: At) -> Response:
    """Record that this person has read it, and go to the next one."""
    fields = await fields_of(at.request)
    number, found = await at.letter(letter)
    action = at.action(number, found, key=key_in(fields))
    try:
        by = require_role(action.as_chief(), action.as_director())
        await action.execute(ReadLetter(by, action.now))
    except Refused as refusal:
        notice = refusal_text(refusal)
        return _letter_page(at, number, found, status=refusal.status, notice=notice)
    return RedirectResponse(f"{HERE}/next?after={number}&done=read", status_code=303)


@router.get(HERE + "/{letter}/instruct")
async def show_instruct(letter: str, at: At) -> Response:
    """Say what is to be done."""
    found = await at.letter(letter)
    return await show_text_form(at, found, asked=INSTRUCT, back=f"{HERE}/{found[0]}")


@router.post(HERE + "/{letter}/instruct")
async def instruct(letter: str, at: At) -> Response:
    """Instruct whoever handles the letter."""
    fields = await fields_of(at.request)
    found = await at.letter(letter)
    back = f"{HERE}/{found[0]}"
    answer = await take_text(at, found, fields=fields, asked=INSTRUCT, back=back)
    return answer or RedirectResponse(f"{back}?done=instructed", status_code=303)


def _letter_page(at: ChiefsDesk, number: str, letter: Letter, **more: object) -> Response:
    allowed = at.action(number, letter).allowed
    status = more.pop("status", 200)
    return page(
        at.request,
        "reading_letter.html",
        status=int(str(status)),
        number=number,
        letter=shown(number, letter, sight="all"),
        may_read="read" in allowed,
        may_instruct="instruct" in allowed,
        may_sign="sign" in allowed,
        in_person=at.reads_in_person,
        key=new_key(),
        **more,
    )
