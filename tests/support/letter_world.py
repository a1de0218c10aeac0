"""Letters of every kind in every state, the same ones wherever a test needs them.

A case is a letter that comes in and what people then do with it. Its words contain its own mark, so
that a test can search an answer for words of a letter that must not be in it. Everything invented.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, Generic, TypeVar

from services.router.domain.extensions import RequestMoreTime
from services.router.domain.handling import AcceptInUnit, AddNote, PassOnLetter
from services.router.domain.letter import Pledge
from services.router.domain.reclassification import ReclassifyLetter
from services.router.domain.routing import RecallLetter, ReturnLetter
from services.router.domain.supervision import Instruct, SuperviseLetter
from services.router.domain.writer_requests import AppealRefusal, ReopenLetter
from shared.contracts.values import About, By
from shared.contracts.words import LetterText, Note, Reason, Span, WriterText
from shared.kernel.letter_number import new_letter_number
from shared.platform.letters.service_decider import IdempotentCommand
from tests.router.office import Office
from tests.router.story import (
    DIRECTOR,
    MONDAY,
    NAME,
    PHONE,
    SUPERVISOR,
    TRIAGE,
    WITHDRAW,
    accept,
    acting,
    ask,
    decline,
    rate,
    receive,
    reply,
    route,
    sign,
)

WorldT = TypeVar("WorldT")
WORD: Final = "路灯"
"""Stands in every letter."""
HEAD = By(role="chief", bureau="province", staff="example-province-named")
INSPECTOR = By(role="handler", bureau="province", staff="p-i-1")
FOSHAN_CHIEF = By(role="chief", bureau="foshan", staff="example-foshan-chief")
PROVINCE_CHIEF = By(role="chief", bureau="province", staff="example-province-chief")

UNIT = About(kind="unit", bureau="guangzhou", police_type="traffic")
OFFICER = About(kind="officer", bureau="guangzhou", police_type="traffic", officer="officer-7")
BUREAU = About(kind="bureau", bureau="guangzhou")
SOMEBODY = About(kind="officer")
PROVINCE_UNIT = About(kind="unit", bureau="province", police_type="traffic")
DESK = About(kind="unit", bureau="province", unit="triage")
DEPARTMENT = About(kind="bureau", level="province")
INSPECTION = About(kind="unit", bureau="province", police_type="inspection")


@dataclass(frozen=True)
class Case:
    """A letter that comes in, and what follows."""

    city: Any = "guangzhou"
    then: Sequence[Any] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)


def complaint(about: About, *then: Any, city: Any = "guangzhou") -> Case:
    """Somebody complains about somebody."""
    return Case(city, then, {"category": "complaint", "about": about})


def _reclassify(about: About | None, *, excluded: Any = (), by: By = TRIAGE) -> ReclassifyLetter:
    category: Any = "complaint" if about else "request"
    return ReclassifyLetter(by, MONDAY, category, None, about, excluded)


def _pass_on(unit: str, police_type: Any, assignment: int = 1) -> PassOnLetter:
    return PassOnLetter(**acting(assignment=assignment), unit=unit, police_type=police_type)


RETURN = ReturnLetter(**acting(), reason="other_matter", suggestion=None, words=None)
RECALL = RecallLetter(SUPERVISOR, MONDAY, "wrong_bureau")
MORE_TIME = RequestMoreTime(
    **acting(), clock="reply", days=3, reason="complex", words=Reason(text="需要现场核实。")
)
TO_TRAFFIC = _pass_on("tianhe.traffic", "traffic")
LATER = Note(text="后来的办理意见。")
"""What a former holder must not see."""
BY_INSPECTION: Any = {"by": INSPECTOR}

CASES: Final[Mapping[str, Case]] = {
    "triage": Case(None),
    "routed": Case(),
    "handling": Case(then=(accept(),)),
    "supervised": Case(
        then=(
            accept(),
            SuperviseLetter(SUPERVISOR, MONDAY),
            Instruct(DIRECTOR, MONDAY, Note(text="请尽快。")),
        )
    ),
    "passed on": Case(then=(accept(), TO_TRAFFIC, AcceptInUnit(**acting(), unit="tianhe.traffic"))),
    "passed on again": Case(then=(accept(), TO_TRAFFIC, _pass_on("tianhe.legal", "legal"))),
    "extension": Case(then=(accept(), MORE_TIME)),
    "supplement": Case(then=(accept(), ask())),
    "signing": Case(then=(decline(),)),
    "signing in triage": Case(None, (decline("triage", 0),)),
    "replied": Case(then=(accept(), reply())),
    "promised": Case(then=(accept(), reply(commitments=(Pledge(date(2026, 12, 31), LATER),)))),
    "reopened": Case(
        then=(
            accept(),
            reply(),
            rate(solved=False),
            ReopenLetter("r-9", MONDAY, WriterText(text="还没解决。")),
        )
    ),
    "closed": Case(then=(accept(), reply(), rate())),
    "declined": Case(then=(decline(), sign())),
    "appealed": Case(
        then=(decline(), sign(), AppealRefusal("r-8", MONDAY, WriterText(text="不服。")))
    ),
    "withdrawn": Case(then=(WITHDRAW,)),
    "withdrawn in triage": Case(None, (WITHDRAW,)),
    "recalled": Case(then=(accept(), RECALL)),
    "moved": Case(
        then=(
            RETURN,
            route("foshan"),
            accept("foshan", 2),
            AddNote(**acting("foshan", 2), words=LATER),
        )
    ),
    "moved from unit": Case(
        then=(accept(), TO_TRAFFIC, RECALL, route("foshan"), accept("foshan", 2))
    ),
    "moved and replied": Case(
        then=(RETURN, route("foshan"), accept("foshan", 2), reply("foshan", 2))
    ),
    "moved and excluded": Case(
        then=(RETURN, route("foshan"), _reclassify(None, excluded=("guangzhou",)))
    ),
    "to the province": Case("foshan", (route("foshan"),), {"addressed_to": "province"}),
    "at the province": Case("province"),
    "unit": complaint(UNIT),
    "unit routed": complaint(UNIT, route()),
    "unit handling": complaint(UNIT, route(), accept()),
    "unit signing": complaint(UNIT, route(), accept(), reply()),
    "unit replied": complaint(UNIT, route(), accept(), reply(), sign()),
    "unit found later": Case(then=(accept(), TO_TRAFFIC, _reclassify(UNIT, by=SUPERVISOR))),
    "officer": complaint(OFFICER),
    "officer routed": complaint(OFFICER, route()),
    "bureau": complaint(BUREAU),
    "bureau routed": complaint(BUREAU, route("province")),
    "bureau signing": complaint(BUREAU, route("province"), accept("province"), reply("province")),
    "bureau found later": Case(then=(accept(), _reclassify(BUREAU, by=SUPERVISOR))),
    "somebody": complaint(SOMEBODY),
    "province's unit": complaint(PROVINCE_UNIT),
    "province's unit routed": complaint(PROVINCE_UNIT, route("province")),
    "desk": complaint(DESK),
    "department": complaint(DEPARTMENT),
    "department handling": complaint(DEPARTMENT, accept("province", **BY_INSPECTION)),
    "department signing": complaint(
        DEPARTMENT, accept("province", **BY_INSPECTION), reply("province", **BY_INSPECTION)
    ),
    "department replied": complaint(
        DEPARTMENT,
        accept("province", **BY_INSPECTION),
        reply("province", **BY_INSPECTION),
        sign(HEAD),
    ),
    "department or not": complaint(
        DEPARTMENT, _reclassify(About(kind="bureau", bureau="foshan"), by=TRIAGE)
    ),
    "inspection": complaint(INSPECTION),
}
"""By name; `tests/router/test_policy_outside.py` says who sees what of each."""
NUMBERS: Final[Mapping[str, str]] = {
    name: new_letter_number(f"case-{place:05}".encode()) for place, name in enumerate(CASES)
}
UNKNOWN: Final = new_letter_number(b"nobody-has")
"""The number of no letter."""


def mark(name: str) -> str:
    """Words that stand in this letter alone."""
    return f"水印{NUMBERS[name].replace('-', '')}"


async def fill(desk: Office, names: Collection[str] = CASES.keys()) -> None:
    """Let these letters come in, in one order at one time, and people act on them."""
    for place, (name, case) in enumerate(CASES.items()):
        if name in names:
            at = MONDAY - timedelta(minutes=len(CASES) - place)
            told = receive(case.city, words=_words(name), received_at=at, **case.fields)
            await desk.receive(NUMBERS[name], told)
            await _follow(desk, name, case)
    await desk.shelf.quiet()
    while await desk.cataloguing.look():
        pass


async def _follow(desk: Office, name: str, case: Case) -> None:
    for step, command in enumerate(case.then):
        told = IdempotentCommand(NUMBERS[name], command, f"step-{step}")
        await desk.shelf.commands.execute(told)


def _words(name: str) -> LetterText:
    body = f"本人{NAME}，电话{PHONE}。{WORD}坏了，{mark(name)}。"
    spans = (Span(start=2, end=5, what="name"), Span(start=8, end=19, what="phone"))
    subject = f"{NAME}反映{WORD}，{mark(name)}"
    own = (Span(start=0, end=3, what="name"),)
    return LetterText(subject=subject, body=body, own_spans=spans, subject_spans=own)


class Worlds(Generic[WorldT]):
    """Routers with some of the letters, opened once each."""

    def __init__(
        self,
        opened: AsyncExitStack,
        world_with: Callable[[frozenset[str]], AbstractAsyncContextManager[WorldT]],
    ) -> None:
        self._opened = opened
        self._world_with = world_with
        self._worlds: dict[frozenset[str], WorldT] = {}

    async def with_only(self, names: frozenset[str]) -> WorldT:
        """The router in which nothing but these letters ever came in."""
        if names not in self._worlds:
            opened = await self._opened.enter_async_context(self._world_with(names))
            self._worlds[names] = opened
        return self._worlds[names]

    async def full(self) -> WorldT:
        """The router with all letters."""
        return await self.with_only(frozenset(CASES))
