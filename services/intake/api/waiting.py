"""What does the duty desk see of a diversion? Everything that it needs to act, and on record."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.intake.api.desk import Desk
from services.intake.domain import Diversion
from services.intake.store import Waiting, queue
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import DiversionOutcome, Language, Threshold
from shared.platform.paging import Place
from shared.platform.tokens import Person


class WhoWrote(BaseModel):
    """Whom to call back; None where the sign-in or the writer didn't say, or it was erased."""

    name: str | None = Field(repr=False)
    phone: str | None = Field(repr=False)
    other_phone: str | None = Field(repr=False)
    """That of the sign-in, where the writer has given another."""
    email: str | None = Field(repr=False)
    wechat: str | None = Field(repr=False)
    address: str | None = Field(repr=False)


class DutyShown(BaseModel):
    """A diversion as the duty desk sees it; instants are UTC."""

    diversion: str
    diverted_at: datetime
    see_by: datetime
    """When the next level is paged unless somebody has seen it."""
    age_s: int
    threshold: Threshold
    says_now: bool
    """Whether the writer, being asked, has said that it is happening now."""
    reasons: tuple[str, ...]
    lang: Language | None
    city: Bureau | None
    district: str | None
    place_detail: str | None = Field(repr=False)
    subject: str | None = Field(repr=False)
    text: str | None = Field(repr=False)
    """None once it was erased, or is with the letter that this has become."""
    who: WhoWrote | None = Field(repr=False)
    found_in: str | None
    """The letter that this was said about."""
    seen_at: datetime | None
    outcome: DiversionOutcome | None
    reference: str | None
    letter: str | None
    """The letter that it has become."""


async def waiting(
    desk: Desk, person: Person, standing: Waiting, *, after: Place | None = None
) -> tuple[list[DutyShown], Place | None]:
    """One page of what waits so, oldest first, and where it ended; recorded first."""
    numbers, end = await queue(desk.documents, standing, after=after)
    states = await desk.letters.states(numbers)
    found = {number: states[number] for number in numbers if number in states}
    await desk.readings.note(person.staff_id, found)
    now = desk.now()
    return [
        shown(number, state, now) for number, state in found.items() if isinstance(state, Diversion)
    ], end


async def one(desk: Desk, person: Person, number: str) -> DutyShown:
    """One diversion; recorded first. Raises: NotFound."""
    normal, found = await desk.diversion(number)
    await desk.readings.note(person.staff_id, [normal])
    return shown(normal, found, desk.now())


def shown(number: str, diversion: Diversion, now: datetime) -> DutyShown:
    """All of it."""
    caught = diversion.caught
    words = caught.words if caught else None
    said = caught.said if caught else None
    return DutyShown(
        diversion=number,
        diverted_at=diversion.diverted_at,
        see_by=diversion.see_by,
        age_s=max(0, int((now - diversion.diverted_at).total_seconds())),
        threshold=diversion.threshold,
        says_now=diversion.says_now,
        reasons=diversion.reasons,
        lang=caught.lang if caught else None,
        city=diversion.city,
        district=caught.place.district if caught else None,
        place_detail=words.place_detail if words else None,
        subject=words.subject if words else None,
        text=words.body if words else said.text if said else None,
        who=_who(diversion),
        found_in=diversion.found_in,
        seen_at=diversion.seen_at,
        outcome=diversion.outcome,
        reference=diversion.reference,
        letter=caught.becomes if caught and diversion.is_letter else None,
    )


def _who(diversion: Diversion) -> WhoWrote | None:
    caught = diversion.caught
    if caught is None or (caught.identity is None and caught.contact is None):
        return None
    identity, contact = caught.identity, caught.contact
    phone = contact.phone if contact else None
    signed_in = identity.phone if identity else None
    return WhoWrote(
        name=identity.name if identity else None,
        phone=phone or signed_in,
        other_phone=signed_in if signed_in not in (None, phone) else None,
        email=contact.email if contact else None,
        wechat=contact.wechat if contact else None,
        address=identity.address if identity else None,
    )
