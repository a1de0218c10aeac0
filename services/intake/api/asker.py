"""Who asks about a letter of their own: the writer, under a name that makes it happen once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from services.intake import metrics
from services.intake.api.bodies import Body
from services.intake.api.dependencies import Desk
from services.intake.api.diversion_recording import Catch, telling_if_not_kept
from services.intake.api.letters_schemas import Asked
from services.intake.api.warnings import shown_to_writer, warning_of
from services.intake.domain import Command
from services.intake.domain.diversion import Diversion, DivertedContent
from services.intake.domain.letter import IntakeLetter, RequestKind
from shared.contracts.words import WriterText
from shared.kernel.errors import Refused
from shared.platform.identity import Citizen
from shared.platform.tokens import Person
from shared.rules.written import Written

IdempotencyKey = Annotated[
    str, Header(alias="Idempotency-Key", pattern=r'^"?[A-Za-z0-9_.:\-]{8,200}"?$')
]
"""A name that the sender gives the request, so that sending it again does nothing twice."""


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(_desk)]


@dataclass(frozen=True, slots=True)
class Asker:
    """A writer who wants something."""

    desk: Desk
    person: Person
    key: str

    async def ask(
        self, letter: str, kind: RequestKind, *, body: Body, make: Callable[[str, str], Command]
    ) -> Asked:
        """Send what `make` makes of owner and request id to the router. Raises: Refused."""
        request_id = await self._tell(letter, kind, body, make)
        metrics.REQUESTS.labels(kind).inc()
        return Asked(request_id=request_id)

    async def ask_in_words(
        self,
        letter: str,
        kind: RequestKind,
        *,
        body: Body,
        text: str,
        make: Callable[[str, str], Command],
    ) -> Asked:
        """As `ask`; an emergency in `text` comes to the duty desk, and then to the letter as well.

        Raises: Refused; Warned, when the desk has it and the letter can't.
        """
        caught = await self._caught(letter, kind, body, text)
        try:
            asked = await self.ask(letter, kind, body=body, make=make)
        except Refused as no:
            if caught is None:
                raise
            raise warning_of(*caught, refused=no.code) from no
        if caught is not None:
            asked.emergency = shown_to_writer(*caught)
        return asked

    async def change(
        self, letter: str, kind: str, *, body: Body, make: Callable[[str], Command]
    ) -> None:
        """Have what `make` makes of the owner done at once. Raises: Refused."""
        await self._tell(letter, kind, body, lambda owner, _: make(owner))
        metrics.CHANGES.labels(kind).inc()

    async def letter(self, number: str) -> IntakeLetter:
        """A letter of theirs. Raises: NotFound."""
        return (await self.desk.own_letter(self.person, number))[1]

    async def _caught(
        self, letter: str, kind: str, body: Body, text: str
    ) -> tuple[str, Diversion] | None:
        """The diversion that the text has become; none of what may wait. Raises: NotFound."""
        number, found = await self.desk.own_letter(self.person, letter)
        written = Written("", text, category=found.category, city=found.place.city)
        said = self.desk.triage(written)
        if said.threshold is None:
            return None
        blind, key = self.desk.blind, self.key.strip('"')
        record = blind.of("diverted", self.person.sub, number, kind, key)
        digest = blind.of("content", body.model_dump_json())
        async with telling_if_not_kept(said, found.place.city):
            drawn = await self.desk.numbers.number(record, request=digest, kind="diversion")
        caught = DivertedContent(
            found.lang,
            found.place,
            said=WriterText(text=text),
            contact=found.contact,
            identity=found.identity,
        )
        catch = Catch(said, found.owner, found.place.city, caught, found_in=number)
        diversion = await self.desk.catching.divert(
            drawn, catch, threshold=said.threshold, request=(record, digest)
        )
        return drawn, diversion

    async def _tell(
        self, letter: str, kind: str, body: Body, make: Callable[[str, str], Command]
    ) -> str:
        number, _ = await self.desk.own_letter(self.person, letter)
        blind, key = self.desk.blind, self.key.strip('"')
        name = f"r-{blind.of('request', self.person.sub, number, kind, key)}"
        digest = blind.of("content", body.model_dump_json())
        command = make(self.desk.owner(self.person), name)
        await self.desk.tell(number, command, request=(name, digest))
        return name


async def _asker(person: Citizen, key: IdempotencyKey, desk: TheDesk) -> Asker:
    return Asker(desk, person, key)


Asking = Annotated[Asker, Depends(_asker)]
