"""The routes by which staff are shown who wrote a letter, and supervisors see that they were."""

from typing import Annotated

from fastapi import APIRouter, Depends, status
from pydantic import BaseModel, Field

from services.intake import metrics
from services.intake.api.asker import IdempotencyKey, TheDesk
from services.intake.api.bodies import NewReveal
from services.intake.api.desk import Desk
from services.intake.api.views import RevealShown
from services.intake.domain import Letter, RevealIdentity, standing
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Role
from shared.contracts.words import Reason
from shared.kernel.errors import NotFound
from shared.kernel.seeing import may_see
from shared.platform.identity import fresh, staff
from shared.platform.seen import onlooker
from shared.platform.tokens import Person

router = APIRouter()

Supervisor = Annotated[Person, Depends(staff("supervisor"))]
Revealing = Annotated[Person, Depends(fresh(staff("supervisor", "bureau")))]


class IdentityShown(BaseModel):
    """Who wrote the letter."""

    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    phone: str = Field(repr=False)
    address: str | None = Field(repr=False)


class RevealListed(RevealShown):
    """A reveal as supervisors see it."""

    staff: str
    text: str | None = Field(repr=False)


class Reveals(BaseModel):
    """Everyone of the staff who was shown who wrote the letter, in the order of asking."""

    reveals: list[RevealListed]


@router.post("/{letter}/reveal", status_code=status.HTTP_200_OK)
async def reveal(
    letter: str, body: NewReveal, person: Revealing, key: IdempotencyKey, desk: TheDesk
) -> IdentityShown:
    """Be shown who wrote the letter, as a handler of its holder or a supervisor. Recorded.

    Needs a sign-in of the last five minutes. The same key again records nothing twice.
    """
    number, found = await _seen(letter, person, desk)
    role, bureau = _office(person, found)
    name = f"v-{desk.blind.of('reveal', person.sub, number, key.strip(chr(34)))}"
    command = RevealIdentity(
        name,
        role,
        bureau,
        person.staff_id,
        body.reason,
        person.auth_time or desk.now(),
        Reason(text=body.text) if body.text else None,
    )
    digest = desk.blind.of("content", body.model_dump_json())
    state = await desk.tell(number, command, request=(name, digest))
    if not isinstance(state, Letter) or state.identity is None:
        raise NotFound
    metrics.REVEALED.labels(role, body.reason).inc()
    return IdentityShown(**vars(state.identity))


@router.get("/{letter}/reveals")
async def read_reveals(letter: str, supervisor: Supervisor, desk: TheDesk) -> Reveals:
    """Who was shown who wrote the letter, and why."""
    _, found = await _seen(letter, supervisor, desk)
    return Reveals(
        reveals=[
            RevealListed(
                role=one.role,
                bureau=one.bureau,
                reason=one.reason,
                signed_in_at=one.signed_in_at,
                staff=one.staff,
                text=one.words.text if one.words else None,
            )
            for one in found.reveals
        ]
    )


async def _seen(letter: str, person: Person, desk: Desk) -> tuple[str, Letter]:
    """The letter, if this person may see all of it. Raises: NotFound."""
    number, found = await desk.letter(letter)
    who = onlooker(person, desk.offices, at=desk.now())
    if may_see(who, standing(found)) != "all":
        raise NotFound
    return number, found


def _office(person: Person, letter: Letter) -> tuple[Role, Bureau | None]:
    """As what they ask: a handler of the bureau that holds the letter, else a supervisor.

    Raises: NotFound, for chiefs and others who see the letter and not its writer.
    """
    held = (f"bureau:{letter.bureau}:", ":handler")
    if any(role.startswith(held[0]) and role.endswith(held[1]) for role in person.roles):
        return "handler", letter.bureau
    if "supervisor" in person.roles:
        return "supervisor", None
    raise NotFound
