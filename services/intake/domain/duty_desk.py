"""What the duty desk sees of a diversion: everything that it needs to act."""

from dataclasses import dataclass, field, fields
from datetime import datetime

from services.intake.domain.diversion import Diversion
from shared.contracts.combining_marks import cap_marks
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import DiversionOutcome, Language, Threshold


@dataclass(frozen=True)
class WhoWrote:
    """The writer's data; None for what sign-in and writer left out, or what was erased."""

    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    other_phone: str | None = field(repr=False)
    """The phone of the sign-in, where the writer has given another."""
    email: str | None = field(repr=False)
    wechat: str | None = field(repr=False)
    address: str | None = field(repr=False)


@dataclass(frozen=True)
class DutyShown:
    """A diversion as the duty desk sees it; instants are UTC."""

    diversion: str
    diverted_at: datetime
    see_by: datetime
    """When the next level is paged unless somebody has seen it."""
    age_s: int
    threshold: Threshold
    says_now: bool
    """Whether the writer, when asked, said that it is happening now."""
    reasons: tuple[str, ...]
    lang: Language | None
    city: Bureau | None
    district: str | None
    place_detail: str | None = field(repr=False)
    subject: str | None = field(repr=False)
    text: str | None = field(repr=False)
    """None once it was erased, or the letter that this became holds it."""
    who: WhoWrote | None = field(repr=False)
    found_in: str | None
    """The letter that the words were about."""
    seen_at: datetime | None
    seen_by: str | None
    """Staff id of the first person of the duty desk who saw it."""
    outcome: DiversionOutcome | None
    reference: str | None
    letter: str | None
    """The letter that it became."""


@dataclass(frozen=True)
class DutyRow(DutyShown):
    """The newest of a writer's diversions in one queue, and how many there are."""

    count: int
    """This one and all before it of the same writer; counted up to a thousand."""
    first: str
    """The number of the one that has waited longest."""
    first_at: datetime
    first_age_s: int


@dataclass(frozen=True)
class DutyReader:
    """A person of the duty desk who has opened a diversion, and when first."""

    staff: str
    at: datetime


def row_on_duty(
    newest: DutyShown, *, first: tuple[datetime, str], count: int, now: datetime
) -> DutyRow:
    """One writer's row, represented by its newest diversion."""
    at, number = first
    shown = {each.name: getattr(newest, each.name) for each in fields(newest)}
    return DutyRow(
        **shown, count=count, first=number, first_at=at, first_age_s=_seconds(now, since=at)
    )


def shown_on_duty(number: str, diversion: Diversion, *, now: datetime) -> DutyShown:
    """The diversion with its content."""
    caught = diversion.caught
    words = caught.words if caught else None
    said = caught.said if caught else None
    return DutyShown(
        diversion=number,
        diverted_at=diversion.diverted_at,
        see_by=diversion.see_by,
        age_s=_seconds(now, since=diversion.diverted_at),
        threshold=diversion.threshold,
        says_now=diversion.says_now,
        reasons=diversion.reasons,
        lang=caught.lang if caught else None,
        city=diversion.city,
        district=caught.place.district if caught else None,
        place_detail=_capped(words.place_detail) if words else None,
        subject=_capped(words.subject) if words else None,
        text=_capped(words.body if words else said.text if said else None),
        who=_who(diversion),
        found_in=diversion.found_in,
        seen_at=diversion.seen_at,
        seen_by=diversion.seen_by,
        outcome=diversion.outcome,
        reference=diversion.reference,
        letter=caught.becomes if caught and diversion.is_letter else None,
    )


def _seconds(now: datetime, *, since: datetime) -> int:
    return max(0, int((now - since).total_seconds()))


def _capped(text: str | None) -> str | None:
    """Texts stored before combining marks were limited on arrival are capped here."""
    return None if text is None else cap_marks(text)


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
