"""What does the duty desk see of a diversion? Everything that it needs to act. Pure."""

from dataclasses import dataclass, field, fields
from datetime import datetime

from services.intake.domain.diversion import Diversion
from shared.contracts.combining_marks import cap_marks
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import DiversionOutcome, Language, Threshold


@dataclass(frozen=True)
class WhoWrote:
    """Whom to call back; None where the sign-in or the writer didn't say, or it was erased."""

    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    other_phone: str | None = field(repr=False)
    """That of the sign-in, where the writer has given another."""
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
    """Whether the writer, being asked, has said that it is happening now."""
    reasons: tuple[str, ...]
    lang: Language | None
    city: Bureau | None
    district: str | None
    place_detail: str | None = field(repr=False)
    subject: str | None = field(repr=False)
    text: str | None = field(repr=False)
    """None once it was erased, or is with the letter that this has become."""
    who: WhoWrote | None = field(repr=False)
    found_in: str | None
    """The letter that this was said about."""
    seen_at: datetime | None
    outcome: DiversionOutcome | None
    reference: str | None
    letter: str | None
    """The letter that it has become."""


@dataclass(frozen=True)
class DutyRow(DutyShown):
    """The newest of a writer's diversions that wait for the same, and how many there are."""

    count: int
    """This one and all before it of the same writer; a thousand stands for all beyond."""
    first: str
    """The number of the one that has waited longest."""
    first_at: datetime
    first_age_s: int


def row_on_duty(
    newest: DutyShown, *, first: tuple[datetime, str], count: int, now: datetime
) -> DutyRow:
    """One writer's row, shown by its newest."""
    at, number = first
    age_s = max(0, int((now - at).total_seconds()))
    shown = {one.name: getattr(newest, one.name) for one in fields(newest)}
    return DutyRow(**shown, count=count, first=number, first_at=at, first_age_s=age_s)


def shown_on_duty(number: str, diversion: Diversion, *, now: datetime) -> DutyShown:
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
        place_detail=_shown(words.place_detail) if words else None,
        subject=_shown(words.subject) if words else None,
        text=_shown(words.body if words else said.text if said else None),
        who=_who(diversion),
        found_in=diversion.found_in,
        seen_at=diversion.seen_at,
        outcome=diversion.outcome,
        reference=diversion.reference,
        letter=caught.becomes if caught and diversion.is_letter else None,
    )


def _shown(text: str | None) -> str | None:
    """Texts from before marks were limited at the door are shown with fewer."""
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
