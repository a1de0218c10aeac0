"""The routes by which staff are shown who wrote a letter, ask for it, and decide about it."""

from typing import Annotated

from fastapi import APIRouter, Depends, status

from services.intake import metrics
from services.intake.api.asker import IdempotencyKey, TheDesk
from services.intake.api.bodies import NewDecision, NewReveal
from services.intake.api.dependencies import Desk
from services.intake.api.reveals_schemas import IdentityShown, RevealListed, Reveals, listed
from services.intake.domain import IntakeState
from services.intake.domain.letter import IntakeLetter
from services.intake.domain.reveals import (
    DecideReveal,
    NeedsGrant,
    RequestReveal,
    RevealIdentity,
    ViewIdentity,
    identity_shown,
    reveal_of,
    standing,
)
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Role
from shared.contracts.words import Reason
from shared.kernel.errors import ForeignLetter, NotFound
from shared.kernel.seeing import Sight, may_see
from shared.platform.identity import fresh, staff
from shared.platform.openapi import refuses
from shared.platform.seen import onlooker
from shared.platform.tokens import Person

router = APIRouter()

DECIDERS = ("supervisor", "custodian")
WATCHERS = (*DECIDERS, "auditor")
"""Who reads every request, decision and view."""

Revealing = Annotated[Person, Depends(fresh(staff("supervisor", "bureau")))]
Handler = Annotated[Person, Depends(staff("bureau"))]
FreshHandler = Annotated[Person, Depends(fresh(staff("bureau")))]
Decider = Annotated[Person, Depends(fresh(staff(*DECIDERS)))]
Reader = Annotated[Person, Depends(staff(*WATCHERS, "bureau"))]


@router.post("/{letter}/reveal", responses=refuses(NeedsGrant()))
async def reveal(
    letter: str, body: NewReveal, person: Revealing, key: IdempotencyKey, desk: TheDesk
) -> IdentityShown:
    """Be shown who wrote the letter, as a handler of its holder or a supervisor. Recorded.

    Needs a sign-in of the last five minutes. The same key shows the same again for fifteen
    minutes. Of a masked letter (reports and complaints) 403 `needs_grant`: ask at `reveals`.
    """
    number, found = await _seen(letter, person, desk)
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
    state = await desk.tell(number, command, request=(name, _digest(desk, body)))
    return _shown(desk, state, name=name, was=found)


@router.post("/{letter}/reveals", status_code=status.HTTP_201_CREATED)
async def request_reveal(
    letter: str, body: NewReveal, person: Handler, key: IdempotencyKey, desk: TheDesk
) -> RevealListed:
    """Ask, as a handler of the holder, to be shown who wrote a masked letter. Recorded.

    A supervisor or custodian decides, who is another person. Writer and auditors see it.
    """
    number, found = await _seen(letter, person, desk)
    role, bureau = _office(person, found)
    if role != "handler" or bureau is None:
        raise NotFound
    name = _name(desk, person, number, key)
    command = RequestReveal(name, bureau, person.staff_id, body.reason, _reason(body), desk.now())
    state = await desk.tell(number, command, request=(name, _digest(desk, body)))
    return _listed(state, name)


@router.get("/{letter}/reveals")
async def read_reveals(letter: str, person: Reader, desk: TheDesk) -> Reveals:
    """Who asked for, granted and saw the identity, and why; a handler reads their own requests."""
    number, found = await _seen(letter, person, desk, "course")
    shown = found.reveals
    if not person.has_role(*WATCHERS):
        _office(person, found)
        shown = tuple(one for one in shown if one.staff == person.staff_id)
    return Reveals(letter=number, reveals=[listed(one) for one in shown])


@router.post("/{letter}/reveals/{reveal}/decision")
async def decide_reveal(
    letter: str,
    reveal: str,
    body: NewDecision,
    person: Decider,
    key: IdempotencyKey,
    desk: TheDesk,
) -> RevealListed:
    """Grant or refuse what a handler has asked, as another person. Recorded.

    Needs a sign-in of the last five minutes. What is granted ends after fifteen minutes.
    """
    number, found = await _seen(letter, person, desk, "course")
    name = reveal_of(found, reveal).reveal
    decision = f"g-{desk.blind.of('decision', person.sub, number, name, key.strip(chr(34)))}"
    command = DecideReveal(name, person.staff_id, body.granted, desk.now())
    state = await desk.tell(number, command, request=(decision, _digest(desk, body)))
    return _listed(state, name)


@router.post("/{letter}/reveals/{reveal}/identity")
async def view_identity(
    letter: str, reveal: str, person: FreshHandler, desk: TheDesk
) -> IdentityShown:
    """Be shown what was granted, until it ends; the first time is recorded.

    Needs a sign-in of the last five minutes.
    """
    number, found = await _seen(letter, person, desk)
    _office(person, found)
    name = reveal_of(found, reveal).reveal
    command = ViewIdentity(name, person.staff_id, person.auth_time or desk.now(), desk.now())
    state = await desk.tell(number, command, request=(f"{name}-view", ""))
    return _shown(desk, state, name=name, was=found)


async def _seen(
    letter: str, person: Person, desk: Desk, least: Sight = "all"
) -> tuple[str, IntakeLetter]:
    """The letter, if this person may see all of it, or its course. Raises: NotFound."""
    number, found = await desk.letter(letter)
    who = onlooker(person)
    if may_see(who, standing(found)) not in {"all", least}:
        raise ForeignLetter
    return number, found


def _office(person: Person, letter: IntakeLetter) -> tuple[Role, Bureau | None]:
    """As what they ask: a handler of the bureau that holds the letter, else a supervisor.

    Raises: NotFound, for chiefs and others who see the letter and not its writer.
    """
    held = (f"bureau:{letter.bureau}:", ":handler")
    if any(role.startswith(held[0]) and role.endswith(held[1]) for role in person.roles):
        return "handler", letter.bureau
    if "supervisor" in person.roles:
        return "supervisor", None
    raise NotFound


def _shown(desk: Desk, state: IntakeState, *, name: str, was: IntakeLetter) -> IdentityShown:
    """The identity, and one more in the count unless `was` had been shown already."""
    if not isinstance(state, IntakeLetter):
        raise NotFound
    identity = identity_shown(state, name, at=desk.now())
    if not any(one.reveal == name and one.revealed_at for one in was.reveals):
        one = reveal_of(state, name)
        metrics.REVEALED.labels(one.role, one.reason).inc()
    return IdentityShown(**vars(identity))


def _listed(state: IntakeState, name: str) -> RevealListed:
    if not isinstance(state, IntakeLetter):
        raise NotFound
    return listed(reveal_of(state, name))


def _name(desk: Desk, person: Person, number: str, key: str) -> str:
    return f"v-{desk.blind.of('reveal', person.sub, number, key.strip(chr(34)))}"


def _digest(desk: Desk, body: NewReveal | NewDecision) -> str:
    return desk.blind.of("content", body.model_dump_json())


def _reason(body: NewReveal) -> Reason | None:
    return Reason(text=body.text) if body.text else None
