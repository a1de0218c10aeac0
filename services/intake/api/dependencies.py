"""What the routes depend on: the front desk with intake's parts, and the idempotency key."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from services.intake.api.diversion_recording import DiversionRecorder, TriageFunction
from services.intake.api.flood_detection import FloodDetector
from services.intake.api.office_hours import OpeningHours
from services.intake.api.request_limits import RequestLimiter
from services.intake.domain import Command, IntakeState
from services.intake.domain.diversion import Diversion
from services.intake.domain.identity_reveals import standing
from services.intake.domain.letter import IntakeLetter
from services.intake.files.file_desk import FileDesk
from services.intake.store import Backlog, LetterDrafts, LookUps, Numbers, Readings, document_hash
from shared.contracts.vocabulary import DocumentType
from shared.kernel.access_policy import Sight, can_view
from shared.kernel.errors import ForeignLetter, NotFound
from shared.kernel.letter_number import is_diversion_number, is_letter_number, normalise
from shared.kernel.notices import Notices
from shared.kernel.retention import RetentionTable
from shared.platform.app.retention import PartEraser
from shared.platform.crypto.key_ring import BlindIndex
from shared.platform.crypto.signing_keys import SigningKeys
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of
from shared.platform.letters.command_bus import CommandBus
from shared.platform.letters.letters import Letters
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Collection
from shared.platform.runtime import data_files
from shared.platform.runtime.clock import Now
from shared.rules.frontends import Frontends
from shared.rules.places.stations import Stations


@dataclass(frozen=True, slots=True)
class WriterErasure:
    """By which table a writer may have parts of a letter erased, and how that is done."""

    table: RetentionTable
    eraser: PartEraser


@dataclass(frozen=True, slots=True)
class FrontDesk:
    """Intake's parts as its routes need them."""

    commands: CommandBus[Command, IntakeState]
    letters: Letters[Command, IntakeState]
    documents: Collection
    numbers: Numbers
    backlog: Backlog
    files: FileDesk
    blind: BlindIndex
    diversions: DiversionRecorder
    readings: Readings
    look_ups: LookUps
    drafts: LetterDrafts
    triage: TriageFunction
    hours: OpeningHours
    stations: Stations
    release: Callable[[str], Awaitable[None]]
    """Accepts the letter that a diversion became."""
    erasure: WriterErasure
    now: Now
    limiter: RequestLimiter
    receipts: SigningKeys
    """Keys that sign receipts."""
    notices: Notices = field(default_factory=data_files.notices)
    floods: FloodDetector = field(default_factory=FloodDetector)
    frontends: Frontends = field(default_factory=Frontends)

    def owner(self, person: Person) -> str:
        """The keyed hash under which a person's letters are stored."""
        return self.blind.of("owner", person.sub)

    def document(self, kind: DocumentType, number: str) -> str:
        """The keyed hash of an identity document."""
        return document_hash(self.blind, kind, number=number)

    def owners(self, person: Person) -> tuple[str, ...]:
        """Every hash under which a person's letters are stored.

        Letters that a counter entered belong to the document that the writer showed there.
        """
        if not person.id_number:
            return (self.owner(person),)
        return self.owner(person), self.document(person.document_type, person.id_number)

    async def letter(self, number: str) -> tuple[str, IntakeLetter]:
        """A letter and its normalised number; its owner isn't checked. Raises: NotFound."""
        normal = normalise(number)
        letter = await self.letters.state(normal) if is_letter_number(normal) else None
        if not isinstance(letter, IntakeLetter):
            raise NotFound
        return normal, letter

    async def own_letter(self, person: Person, number: str) -> tuple[str, IntakeLetter]:
        """A letter of this person and its normalised number. Raises: NotFound."""
        normal, letter = await self.letter(number)
        if letter.owner not in self.owners(person):
            raise ForeignLetter
        return normal, letter

    async def seen(
        self, person: Person, number: str, *, least: Sight = "all"
    ) -> tuple[str, IntakeLetter]:
        """A letter of which this member of staff may see `least` or more, and its number.

        Raises: NotFound.
        """
        normal, found = await self.letter(number)
        if can_view(viewer_of(person), standing(found)) not in {"all", least}:
            raise ForeignLetter
        return normal, found

    async def diversion(self, number: str) -> tuple[str, Diversion]:
        """A diversion and its normalised number; its owner isn't checked. Raises: NotFound."""
        normal = normalise(number)
        found = await self.letters.state(normal) if is_diversion_number(normal) else None
        if not isinstance(found, Diversion):
            raise NotFound
        return normal, found

    async def own_diversion(self, person: Person, number: str) -> tuple[str, Diversion]:
        """A diversion of this person's words and its normalised number. Raises: NotFound."""
        normal, found = await self.diversion(number)
        if found.owner not in self.owners(person):
            raise ForeignLetter
        return normal, found

    async def tell_if_room(
        self, number: str, command: Command, *, request: tuple[str, str]
    ) -> IntakeState:
        """As `tell`, unless too much waits for the broker. Raises: Backlogged."""
        self.backlog.check_reserve()
        with self.backlog.one_more():
            return await self.tell(number, command, request=request)

    async def tell(
        self, number: str, command: Command, *, request: tuple[str, str], is_new: bool = False
    ) -> IntakeState:
        """Execute a command under (idempotency key, request digest). Raises: Refused.

        `is_new`: the number was just drawn.
        """
        grouped = self.floods.grouped(command, key=request[0])
        return await self.commands.execute(
            IdempotentCommand(number, grouped, *request, is_first=is_new)
        )


async def _front_desk(request: Request) -> FrontDesk:
    desk: FrontDesk = request.app.state.desk
    return desk


Desk = Annotated[FrontDesk, Depends(_front_desk)]
