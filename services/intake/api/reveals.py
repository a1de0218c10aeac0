"""Routes by which staff ask to see who wrote a letter, decide about it, and see it."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, status

from services.intake import metrics
from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.reveals_schemas import (
    IdentityShown,
    NewDecision,
    NewReveal,
    RevealListed,
    RevealPage,
    Reveals,
    reveal_listed,
)
from services.intake.domain import IntakeState
from services.intake.domain.identity_reveals import (
    DecideReveal,
    NeedsGrant,
    RequestReveal,
    RevealIdentity,
    ViewIdentity,
    identity_shown,
    reveal_of,
    waits,
)
from services.intake.domain.letter import IntakeLetter, Reveal
from services.intake.store import RevealFilter, letters_with_reveals
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Role
from shared.contracts.words import Reason
from shared.kernel.errors import NotFound
from shared.platform.http.identity import fresh, staff
from shared.platform.http.openapi import refuses
from shared.platform.http.parameters import After, IdempotencyKey, Moment
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of, visibility_filter
from shared.platform.mongo.paging import place, written

router = APIRouter(prefix="/v1/letters", tags=["letters"])
lists = APIRouter(prefix="/v1/reveals", tags=["reveals"])
"""Lists over all letters."""

DECIDERS = ("supervisor", "custodian")
WATCHERS = (*DECIDERS, "auditor")
"""Who sees every request, decision and view."""

Revealing = Annotated[Person, Depends(fresh(staff("supervisor", "bureau")))]
Handler = Annotated[Person, Depends(staff("bureau"))]
FreshHandler = Annotated[Person, Depends(fresh(staff("bureau")))]
Decider = Annotated[Person, Depends(fresh(staff(*DECIDERS)))]
Reader = Annotated[Person, Depends(staff(*WATCHERS, "bureau"))]
ListDecider = Annotated[Person, Depends(staff(*DECIDERS))]
ListReader = Annotated[Person, Depends(staff(*WATCHERS))]


@router.post("/{letter}/reveal", responses=refuses(NeedsGrant()))
async def reveal_identity(
    letter: str, body: NewReveal, person: Revealing, key: IdempotencyKey, desk: Desk
) -> IdentityShown:
    """See who wrote the letter, as a handler of its holder or a supervisor. Recorded.

    Needs a sign-in of the last five minutes. The same key shows the same again for fifteen
    minutes. For a masked letter (reports and complaints) 403 `needs_grant`: ask at `reveals`.
    """
    number, found = await desk.seen(person, letter)
    role, bureau = _office(person, found)
    name = _name(desk, person, number, key)
    command = RevealIdentity(
        name,
        role,
        bureau,
        person.staff_id,
        body.reason,
        person.auth_time or desk.now(),
        _reason(body),
        desk.now(),
    )
    state = await desk.tell_if_room(number, command, request=(name, _digest(desk, body)))
    return _shown(desk, state, name=name, was=found)


@router.post("/{letter}/reveals", status_code=status.HTTP_201_CREATED)
async def request_reveal(
    letter: str, body: NewReveal, person: Handler, key: IdempotencyKey, desk: Desk
) -> RevealListed:
    """Ask, as a handler of the holder, to see who wrote a masked letter. Recorded.

    A supervisor or custodian, another person, decides. The writer and auditors see it.
    """
    number, found = await desk.seen(person, letter)
    role, bureau = _office(person, found)
    if role != "handler" or bureau is None:
        raise NotFound
    name = _name(desk, person, number, key)
    command = RequestReveal(name, bureau, person.staff_id, body.reason, _reason(body), desk.now())
    state = await desk.tell_if_room(number, command, request=(name, _digest(desk, body)))
    return _listed(state, name)


@router.get("/{letter}/reveals")
async def list_reveals_of_letter(letter: str, person: Reader, desk: Desk) -> Reveals:
    """Who asked for, granted and saw the identity, and why; handlers see their own requests."""
    number, found = await desk.seen(person, letter, least="course")
    shown = found.reveals
    if not person.has_role(*WATCHERS):
        _office(person, found)
        shown = tuple(each for each in shown if each.staff == person.staff_id)
    return Reveals(letter=number, reveals=[reveal_listed(each) for each in shown])


@router.post("/{letter}/reveals/{reveal}/decision")
async def decide_reveal(
    letter: str,
    reveal: str,
    body: NewDecision,
    person: Decider,
    key: IdempotencyKey,
    desk: Desk,
) -> RevealListed:
    """Grant or refuse a handler's request, as another person. Recorded.

    Needs a sign-in of the last five minutes. A grant ends after fifteen minutes.
    """
    number, found = await desk.seen(person, letter, least="course")
    name = reveal_of(found, reveal).reveal
    decision = f"g-{desk.blind.of('decision', person.sub, number, name, key.strip(chr(34)))}"
    command = DecideReveal(name, person.staff_id, body.granted, desk.now())
    state = await desk.tell_if_room(number, command, request=(decision, _digest(desk, body)))
    return _listed(state, name)


@router.post("/{letter}/reveals/{reveal}/identity")
async def view_identity(
    letter: str, reveal: str, person: FreshHandler, desk: Desk
) -> IdentityShown:
    """See what was granted, until the grant ends; the first view is recorded.

    Needs a sign-in of the last five minutes.
    """
    number, found = await desk.seen(person, letter)
    _office(person, found)
    name = reveal_of(found, reveal).reveal
    command = ViewIdentity(name, person.staff_id, person.auth_time or desk.now(), desk.now())
    state = await desk.tell_if_room(number, command, request=(f"{name}-view", ""))
    return _shown(desk, state, name=name, was=found)


@lists.get("")
async def list_reveals(
    person: ListReader, desk: Desk, since: Moment | None = None, after: After = None
) -> RevealPage:
    """Every request, decision and view, by letter; the longest unchanged letters come first.

    `since`: only letters with a step since then. A letter with a new step moves to the end, so
    that page by page none is missed.
    """
    which = RevealFilter("any", since)
    return await _page(person, desk, which=which, after=after, shows=lambda _reveal, _letter: True)


@lists.get("/waiting")
async def list_waiting_reveals(person: ListDecider, desk: Desk, after: After = None) -> RevealPage:
    """Requests that wait for a decision of a supervisor or custodian, oldest first."""
    return await _page(person, desk, which=RevealFilter("waiting"), after=after, shows=waits)


def _office(person: Person, letter: IntakeLetter) -> tuple[Role, Bureau | None]:
    """The role in which the person asks: handler of the holder, or supervisor.

    Raises: NotFound, for chiefs and others who may see the letter but not its writer.
    """
    held = (f"bureau:{letter.bureau}:", ":handler")
    if any(role.startswith(held[0]) and role.endswith(held[1]) for role in person.roles):
        return "handler", letter.bureau
    if "supervisor" in person.roles:
        return "supervisor", None
    raise NotFound


def _shown(desk: FrontDesk, state: IntakeState, *, name: str, was: IntakeLetter) -> IdentityShown:
    """The identity, counted unless `was` had been shown already."""
    if not isinstance(state, IntakeLetter):
        raise NotFound
    identity = identity_shown(state, name, at=desk.now())
    if not any(each.reveal == name and each.revealed_at for each in was.reveals):
        reveal = reveal_of(state, name)
        metrics.REVEALED.labels(reveal.role, reveal.reason).inc()
    return IdentityShown(**vars(identity))


def _listed(state: IntakeState, name: str) -> RevealListed:
    if not isinstance(state, IntakeLetter):
        raise NotFound
    return reveal_listed(reveal_of(state, name))


def _name(desk: FrontDesk, person: Person, number: str, key: str) -> str:
    return f"v-{desk.blind.of('reveal', person.sub, number, key.strip(chr(34)))}"


def _digest(desk: FrontDesk, body: NewReveal | NewDecision) -> str:
    return desk.blind.of("content", body.model_dump_json())


def _reason(body: NewReveal) -> Reason | None:
    return Reason(text=body.text) if body.text else None


async def _page(
    person: Person,
    desk: FrontDesk,
    *,
    which: RevealFilter,
    after: str | None,
    shows: Callable[[Reveal, IntakeLetter], bool],
) -> RevealPage:
    """One page of the letters that this person may find."""
    seen = visibility_filter(viewer_of(person))
    begins = place(after) if after else None
    numbers, end = await letters_with_reveals(desk.documents, which, seen=seen, after=begins)
    states = await desk.letters.states(numbers)
    shown = {
        number: [reveal_listed(each) for each in state.reveals if shows(each, state)]
        for number, state in states.items()
        if isinstance(state, IntakeLetter)
    }
    letters = [Reveals(letter=number, reveals=found) for number, found in shown.items() if found]
    return RevealPage(letters=letters, next=written(end) if end else None)
