"""Route by which a citizen downloads all that is kept about them.

The answer is streamed, a page of letters at a time, so that it needs the same memory for one
letter and for a thousand. It names no staff, and nothing of what offices say among themselves.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from pydantic_core import to_json

from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.drafts_schemas import LetterDraftShown, draft_shown
from services.intake.api.letter_access import AccessShown, accesses_shown
from services.intake.api.letter_presentation import letter_shown
from services.intake.api.letters_schemas import LetterShown
from services.intake.api.limited import limited
from services.intake.api.receipts import signed_receipt
from services.intake.api.receipts_schemas import SignedReceipt
from services.intake.domain.diversion import Diversion
from services.intake.domain.letter import IntakeLetter
from services.intake.store import diversions_of, letters_of
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Channel, DiversionOutcome, Entry
from shared.contracts.words import Contact, Identity
from shared.kernel.errors import TooOften
from shared.platform.http.identity import Citizen
from shared.platform.http.openapi import refuses
from shared.platform.http.tokens import Person
from shared.platform.mongo.paging import Place
from shared.platform.runtime import data_files

router = APIRouter(prefix="/v1/me", tags=["letters"])

NAME = "director-mailbox-data.json"


class ContactData(BaseModel):
    """A contact that the writer has given."""

    phone: str | None = Field(repr=False)
    email: str | None = Field(repr=False)
    wechat: str | None = Field(repr=False)


class IdentityData(BaseModel):
    """An identity as the sign-in had it when a letter was sent or its contact changed."""

    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    phone: str = Field(repr=False)
    address: str | None = Field(repr=False)


class LetterData(LetterShown):
    """A letter with its conversation, and what is kept about its writer."""

    channel: Channel
    entry: Entry | None
    addressed_to: Bureau | None
    city: Bureau | None
    district: str | None
    place_detail: str | None = Field(repr=False)
    contacts: list[ContactData] = Field(repr=False)
    """Newest first."""
    identities: list[IdentityData] = Field(repr=False)
    """Newest first."""
    access_log: list[AccessShown]
    receipt: SignedReceipt | None
    """None once the words were erased."""


class DiversionData(BaseModel):
    """What may have been an emergency and went to the duty desk."""

    diversion: str
    diverted_at: datetime
    found_in: str | None
    """The letter that the words were about."""
    subject: str | None = Field(repr=False)
    text: str | None = Field(repr=False)
    """None once the letter that it became has it, or it was erased."""
    contact: ContactData | None = Field(repr=False)
    identity: IdentityData | None = Field(repr=False)
    seen_at: datetime | None
    outcome: DiversionOutcome | None
    letter: str | None
    """The letter that it became."""


class PersonalData(BaseModel):
    """All that is kept about a person; instants are UTC."""

    made_at: datetime
    drafts: list[LetterDraftShown]
    letters: list[LetterData]
    """Newest first."""
    diversions: list[DiversionData]


@router.get(
    "/data",
    response_model=PersonalData,
    responses=refuses(TooOften()),
    dependencies=[Depends(limited("downloads"))],
)
async def download_my_data(person: Citizen, desk: Desk) -> StreamingResponse:
    """All letters, conversations, contacts, drafts, requests and accesses of the person's own."""
    drafts = await desk.drafts.all_of(desk.owner(person))
    begin = {"made_at": desk.now(), "drafts": [draft_shown(each).model_dump() for each in drafts]}
    named = {"content-disposition": f'attachment; filename="{NAME}"'}
    content = _content(to_json(begin), desk, person)
    return StreamingResponse(content, media_type="application/json", headers=named)


async def _content(begin: bytes, desk: FrontDesk, person: Person) -> AsyncIterator[bytes]:
    """JSON with two lists after `begin`, an object of at least one member."""
    yield begin[:-1]
    for name, items in (
        ("letters", _letters(desk, person)),
        ("diversions", _diverted(desk, person)),
    ):
        yield f',"{name}":['.encode()
        comma = b""
        async for item in items:
            yield comma + item.model_dump_json().encode()
            comma = b","
        yield b"]"
    yield b"}"


async def _letters(desk: FrontDesk, person: Person) -> AsyncIterator[BaseModel]:
    wording, place, is_more = data_files.categories(), None, True
    while is_more:
        numbers, end = await letters_of(desk.documents, desk.owner(person), after=place)
        for number, letter in (await desk.letters.states(numbers)).items():
            if isinstance(letter, IntakeLetter):
                shown = letter_shown(number, letter, wording=wording, stations=desk.stations)
                receipt = signed_receipt(desk, number, letter=letter)
                yield LetterData(**shown.model_dump(), **_kept(letter), receipt=receipt)
        place, is_more = end, end is not None


async def _diverted(desk: FrontDesk, person: Person) -> AsyncIterator[BaseModel]:
    place: Place | None = None
    is_more = True
    while is_more:
        numbers, place = await diversions_of(desk.documents, desk.owner(person), after=place)
        for number, found in (await desk.letters.states(numbers)).items():
            if isinstance(found, Diversion):
                yield _diversion(number, found)
        is_more = place is not None


def _kept(letter: IntakeLetter) -> dict[str, Any]:
    contacts = [letter.contact, *reversed(letter.earlier_contacts)]
    identities = [letter.identity, *reversed(letter.earlier_identities)]
    return {
        "channel": letter.channel,
        "entry": letter.entry,
        "addressed_to": letter.addressed_to,
        "city": letter.place.city,
        "district": letter.place.district,
        "place_detail": letter.words.place_detail if letter.words else None,
        "contacts": [*_contacts(*contacts)],
        "identities": [*_identities(*identities)],
        "access_log": accesses_shown(letter),
    }


def _contacts(*given: Contact | None) -> Iterator[ContactData]:
    for each in filter(None, given):
        yield ContactData(phone=each.phone, email=each.email, wechat=each.wechat)


def _identities(*given: Identity | None) -> Iterator[IdentityData]:
    for each in filter(None, given):
        yield IdentityData(
            name=each.name, id_number=each.id_number, phone=each.phone, address=each.address
        )


def _diversion(number: str, found: Diversion) -> DiversionData:
    caught = found.caught
    words = caught and caught.words
    said = caught and caught.said
    return DiversionData(
        diversion=number,
        diverted_at=found.diverted_at,
        found_in=found.found_in,
        subject=words.subject if words else None,
        text=words.body if words else (said.text if said else None),
        contact=next(_contacts(caught.contact if caught else None), None),
        identity=next(_identities(caught.identity if caught else None), None),
        seen_at=found.seen_at,
        outcome=found.outcome,
        letter=caught.becomes if caught and found.is_letter else None,
    )
