"""What the routes work with: the parts of intake, and how a letter comes to its number."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from secrets import token_hex

from pydantic import ValidationError

from services.intake.api.bodies import NewContact, NewLetter
from services.intake.api.diversion_recording import MOST_REASONS, Catching, Judging
from services.intake.api.flood_detection import Floods
from services.intake.api.office_hours import OfficeHours
from services.intake.domain import Command, IntakeState
from services.intake.domain.diversion import Diversion
from services.intake.domain.letter import IntakeLetter
from services.intake.domain.pii_spans import marked, own_values
from services.intake.domain.submission import SubmitLetter
from services.intake.store import Backlog, Numbers, Readings
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.values import About, Place, Triage
from shared.contracts.words import Contact, Identity, LetterText
from shared.kernel.errors import BadValue, ForeignLetter, NotFound
from shared.kernel.letter_number import is_diversion_number, is_letter_number, normalise
from shared.platform.clock import Now
from shared.platform.commands import Commands
from shared.platform.database import Collection
from shared.platform.letters import Letters
from shared.platform.rules import Told
from shared.platform.sealing import BlindIndex
from shared.platform.tokens import Person
from shared.rules.stations import Stations
from shared.rules.triage import Triaged


@dataclass(frozen=True, slots=True)
class Desk:
    """Intake's parts, as its routes need them."""

    commands: Commands[Command, IntakeState]
    letters: Letters[Command, IntakeState]
    documents: Collection
    numbers: Numbers
    backlog: Backlog
    blind: BlindIndex
    catching: Catching
    readings: Readings
    triage: Judging
    hours: OfficeHours
    stations: Stations
    release: Callable[[str], Awaitable[None]]
    """Takes in the letter that a diversion has become."""
    now: Now
    floods: Floods = field(default_factory=Floods)

    def owner(self, person: Person) -> str:
        """The keyed hash under which a person's letters are kept."""
        return self.blind.of("owner", person.sub)

    async def letter(self, number: str) -> tuple[str, IntakeLetter]:
        """A letter, with its number as we write it; whose it is comes next. Raises: NotFound."""
        normal = normalise(number)
        letter = await self.letters.state(normal) if is_letter_number(normal) else None
        if not isinstance(letter, IntakeLetter):
            raise NotFound
        return normal, letter

    async def own_letter(self, person: Person, number: str) -> tuple[str, IntakeLetter]:
        """A letter of this person, with its number as we write it. Raises: NotFound."""
        normal, letter = await self.letter(number)
        if letter.owner != self.owner(person):
            raise ForeignLetter
        return normal, letter

    async def diversion(self, number: str) -> tuple[str, Diversion]:
        """A diversion, with its number as we write it; who asks comes next. Raises: NotFound."""
        normal = normalise(number)
        found = await self.letters.state(normal) if is_diversion_number(normal) else None
        if not isinstance(found, Diversion):
            raise NotFound
        return normal, found

    async def tell(self, number: str, command: Command, *, request: tuple[str, str]) -> IntakeState:
        """Tell a command under (id, digest of what was asked). Raises: Refused."""
        noticed = self.floods.noticed(command, key=request[0])
        return await self.commands.tell(Told(number, noticed, *request))


def submission(
    person: Person, body: NewLetter, *, said: Triaged, owner: str, received_at: datetime
) -> SubmitLetter:
    """The command that takes `body` in, its own values marked. Raises: BadValue, LimitReached."""
    identity, contact = who_writes(person, body)
    salt = token_hex(16)
    text = LetterText(
        subject=body.subject, body=body.body, place_detail=body.place.detail, salt=salt
    )
    return SubmitLetter(
        owner,
        LetterSubmitted(
            received_at=received_at,
            channel=body.channel,
            lang=body.lang,
            category=body.category,
            addressed_to=body.addressed_to,
            place=Place(city=body.place.city, district=body.place.district),
            about=About(**body.about.model_dump()) if body.about else None,
            on_behalf=body.on_behalf,
            consent_to_publish=body.consent_to_publish,
            notice_version=body.notice_version,
            text_sha256=sha256(f"{salt}\n{body.subject}\n{body.body}".encode()).hexdigest(),
            triage=Triage(
                class_=said.class_,
                threshold=said.threshold,
                reasons=said.evidence[:MOST_REASONS],
            ),
            words=marked(text, own_values(identity, contact)),
            contact=contact,
            identity=identity,
        ),
    )


def who_writes(person: Person, body: NewLetter | NewContact) -> tuple[Identity, Contact]:
    """Who writes, by the sign-in, and how to reach them. Raises: BadValue."""
    given = body.contact
    phone = given.phone or person.phone
    if not (person.name and person.id_number and phone):
        raise BadValue("contact.phone")
    try:
        identity = Identity(
            name=person.name,
            id_number=person.id_number,
            phone=person.phone or phone,
            address=body.address,
        )
        return identity, Contact(phone=phone, email=given.email, wechat=given.wechat)
    except ValidationError:
        raise BadValue("what the sign-in says of the person") from None
