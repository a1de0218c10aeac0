"""How does what a writer sends come in: as a letter, or as a diversion? Under one number."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from services.intake import metrics
from services.intake.api.bodies import NewLetter
from services.intake.api.dependencies import Desk, submission, who_writes
from services.intake.api.diversion_recording import Catch, telling_if_not_kept
from services.intake.api.warnings import Warned, explained, warning_of
from services.intake.domain.diversion import DivertedContent
from services.intake.domain.letter import IntakeLetter
from services.intake.domain.submission import SubmitLetter
from services.intake.store import Backlogged
from shared.contracts.values import Place
from shared.contracts.vocabulary import Threshold
from shared.contracts.words import LetterText
from shared.kernel.errors import NotFound, Refused
from shared.kernel.letter_number import is_diversion_number
from shared.platform.tokens import Person
from shared.rules.triage import Triaged
from shared.rules.written import Written


@dataclass(frozen=True, slots=True)
class Sending:
    """One letter as it was sent, under the key that its sender gave it."""

    desk: Desk
    person: Person
    body: NewLetter
    said: Triaged
    record: str
    """Keyed hash of sender and key."""
    digest: str
    """Keyed hash of the letter."""

    @classmethod
    def of(cls, desk: Desk, person: Person, *, body: NewLetter, key: str) -> Sending:
        """It, with what the rules make of its words."""
        return cls(
            desk,
            person,
            body,
            desk.triage(
                Written(
                    body.subject,
                    body.body,
                    category=body.category,
                    city=body.place.city,
                    addressed_to=body.addressed_to,
                    is_about_police=body.about is not None,
                )
            ),
            record=desk.blind.of("submission", person.sub, key.strip('"')),
            digest=desk.blind.of("letter", body.digest_of()),
        )

    async def take_in(self) -> tuple[str, IntakeLetter]:
        """The letter with its number.

        Raises: Warned, when it isn't taken in as one; Backlogged; IdReused; BadValue.
        """
        if self.said.threshold:
            return await self._caught(self.said.threshold)
        command = self._command()
        await self._check_explained()
        await self._check_room()
        with self.desk.backlog.one_more():
            number = await self.desk.numbers.number(self.record, request=self.digest)
            if not is_diversion_number(number):
                return number, await self._tell(number, command)
        raise await self._divert(number, "ask")

    async def _caught(self, threshold: Threshold) -> tuple[str, IntakeLetter]:
        """An emergency waits for no broker, and comes in however many letters wait."""
        async with telling_if_not_kept(self.said, self.body.place.city):
            number = await self._diversion_number(self.record)
            if not is_diversion_number(number) and await self.desk.letters.state(number) is None:
                number = await self._diversion_number(self._record_of_its_own)
        if is_diversion_number(number):
            raise await self._divert(number, threshold)
        return number, await self._tell(number, self._command())

    async def _diversion_number(self, record: str) -> str:
        """Raises: IdReused."""
        return await self.desk.numbers.number(record, request=self.digest, kind="diversion")

    @property
    def _record_of_its_own(self) -> str:
        """Where a letter's number was drawn for it under other rules, and no letter kept."""
        return self.desk.blind.of("diverted", self.record)

    def _command(self) -> SubmitLetter:
        """Raises: BadValue, LimitReached."""
        owner, now = self.desk.owner(self.person), self.desk.now()
        return submission(self.person, self.body, said=self.said, owner=owner, received_at=now)

    async def _tell(self, number: str, command: SubmitLetter) -> IntakeLetter:
        """What was decided when the number was drawn stands, though the rules be others by now."""
        letter = await self.desk.tell(number, command, request=(self.record, self.digest))
        if not isinstance(letter, IntakeLetter):
            raise NotFound
        _count(letter, is_new=letter.received_at == command.letter.received_at)
        return letter

    async def _divert(self, number: str, threshold: Threshold) -> Warned:
        catch = Catch(
            self.said, self.desk.owner(self.person), self.body.place.city, self._what_is_caught()
        )
        diversion = await self.desk.catching.divert(
            number, catch, threshold=threshold, request=(self.record, self.digest)
        )
        return warning_of(number, diversion)

    def _what_is_caught(self) -> DivertedContent:
        """All that the desk needs; without what a letter would need and this one lacks."""
        body, place = self.body, self.body.place
        caught = DivertedContent(
            body.lang,
            Place(city=place.city, district=place.district),
            words=LetterText(subject=body.subject, body=body.body, place_detail=place.detail),
        )
        with suppress(Refused):
            identity, contact = who_writes(self.person, body)
            caught = replace(caught, contact=contact, identity=identity)
            whole = self._command().letter
            words = whole.words if isinstance(whole.words, LetterText) else caught.words
            form = whole.model_copy(update={"words": None, "contact": None, "identity": None})
            caught = replace(caught, words=words, form=form)
        return caught

    async def _check_explained(self) -> None:
        """A crime report or a matter of others is sent once its writer knows where to turn."""
        kind = self.said.class_
        if kind not in ("crime_report", "not_police") or self.body.send_anyway == kind:
            return
        if not await self.desk.numbers.has_drawn(self.record):
            metrics.EXPLAINED.labels(kind).inc()
            raise explained(kind, self.said, city=self.body.place.city, stations=self.desk.stations)

    async def _check_room(self) -> None:
        """Raises: Backlogged."""
        if self.desk.backlog.is_full and not await self.desk.numbers.has_drawn(self.record):
            metrics.TURNED_AWAY.inc()
            raise Backlogged


def _count(letter: IntakeLetter, *, is_new: bool) -> None:
    if is_new:
        metrics.SUBMITTED.labels(letter.channel, letter.category).inc()
    else:
        metrics.REPEATED.inc()
