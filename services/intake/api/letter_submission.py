"""Submission of what a writer sends: under one number it becomes a letter or a diversion."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from secrets import token_hex
from typing import Final

from pydantic import ValidationError

from services.intake import metrics
from services.intake.api.dependencies import FrontDesk
from services.intake.api.diversion_recording import (
    MOST_REASONS,
    DetectedEmergency,
    raising_not_kept,
)
from services.intake.api.letter_entry import UNREGISTERED, LetterEntry, entry_of
from services.intake.api.letters_schemas import NewLetter, WriterGiven
from services.intake.api.limited import SenderLimit
from services.intake.api.request_limits import RateLimited
from services.intake.api.requests_schemas import NewContact
from services.intake.api.similar_letters import SameMatter, own_letters_like
from services.intake.api.warnings import Warned, explained, warning_of
from services.intake.domain.diversion import DivertedContent
from services.intake.domain.letter import EnteredBy, IntakeLetter
from services.intake.domain.minors import check_guardian
from services.intake.domain.notices import check_notice
from services.intake.domain.pii_spans import marked, own_values
from services.intake.domain.submission import SubmitLetter
from services.intake.store import Backlogged, DrawnNumber
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.values import About, Place, Triage, WriterFacts
from shared.contracts.vocabulary import AgeGroup, Threshold
from shared.contracts.words import Contact, Guardian, HelpedPerson, Identity, LetterText
from shared.kernel.documents import age_group, born_on
from shared.kernel.errors import BadValue, NotFound, Refused
from shared.kernel.letter_number import is_diversion_number
from shared.kernel.letter_receipts import text_digest
from shared.kernel.working_days import civil_date
from shared.platform.http.tokens import Person
from shared.rules.classify.triage import TriageResult
from shared.rules.frontends import channel_of
from shared.rules.text.written import Written

NO_FACTS: Final = WriterFacts()
NOTHING_GIVEN: Final = WriterGiven()


@dataclass(frozen=True, slots=True)
class LetterSubmission:
    """A letter as it was sent under an idempotency key."""

    desk: FrontDesk
    person: Person
    body: NewLetter
    triaged: TriageResult
    record: str
    """Keyed hash of sender and key."""
    digest: str
    """Keyed hash of the letter."""
    entered: EnteredBy | None = None
    """Who entered it for a visitor or caller."""

    @classmethod
    def of(cls, desk: FrontDesk, person: Person, *, body: NewLetter, key: str) -> LetterSubmission:
        """The submission, with its words triaged."""
        return cls(
            desk,
            person,
            body,
            triage_of(desk, body),
            record=desk.blind.of("submission", person.sub, key.strip('"')),
            digest=desk.blind.of("letter", body.digest_of()),
        )

    @property
    def owner(self) -> str:
        """Whose letter it is: by the sign-in, or by the document that was named at a counter."""
        if self.entered is None:
            return self.desk.owner(self.person)
        return self.desk.document(self.person.document_type, self.person.id_number or "")

    async def accept(self, limit: SenderLimit | None = None) -> tuple[str, IntakeLetter]:
        """The accepted letter and its number; `limit`: against which it is counted.

        Raises: Warned, if it is not accepted as a letter; RateLimited; Backlogged; IdReused;
        BadValue; NoticeNotCurrent; GuardianNeeded; EntryNotRegistered; SameMatter.
        """
        if self.triaged.threshold:
            return await self._emergency(self.triaged.threshold)
        command = self._command()
        today = civil_date(command.letter.received_at)
        check_notice(self.desk.notices, self.body.notice_version, today=today)
        check_guardian(command.letter.writer or NO_FACTS)
        await self._check_explained()
        await self._check_matter()
        await self._check_room()
        await self._check_files()
        with self.desk.backlog.one_more():
            number, is_new = await self._counted_and_drawn(limit)
            if not is_diversion_number(number):
                return number, await self._submit(number, command, is_new=is_new)
        raise await self._divert(number, "ask")

    async def _emergency(self, threshold: Threshold) -> tuple[str, IntakeLetter]:
        """An emergency waits for no broker and is stored however long the backlog is."""
        async with raising_not_kept(self.triaged, self.body.place.city):
            number = await self._diversion_number(self.record)
            if not is_diversion_number(number) and await self.desk.letters.state(number) is None:
                number = await self._diversion_number(self._own_record)
        if is_diversion_number(number):
            raise await self._divert(number, threshold)
        return number, await self._submit(number, self._command())

    async def _diversion_number(self, record: str) -> str:
        """Raises: IdReused."""
        return await self.desk.numbers.number(record, request=self.digest, kind="diversion")

    @property
    def _own_record(self) -> str:
        """For a diversion whose record has the number of a letter, drawn by earlier rules, that
        was never stored.
        """
        return self.desk.blind.of("diverted", self.record)

    def _command(self) -> SubmitLetter:
        """Raises: BadValue, LimitReached, EntryNotRegistered."""
        command = submit_command(
            self.person,
            self.body,
            triaged=self.triaged,
            owner=self.owner,
            received_at=self.desk.now(),
            came_in=self._came_in(),
        )
        return replace(command, entered=self.entered)

    def _came_in(self) -> LetterEntry:
        """Raises: EntryNotRegistered."""
        if self.entered is not None:
            return LetterEntry(self.entered.entry)
        return entry_of(self.body, self.person.client, frontends=self.desk.frontends)

    async def _submit(
        self, number: str, command: SubmitLetter, *, is_new: bool = False
    ) -> IntakeLetter:
        """What was decided when the number was drawn stands, even if the rules differ by now."""
        command = replace(command, letter=await self._with_files(command.letter, number))
        request = self.record, self.digest
        letter = await self.desk.tell(number, command, request=request, is_new=is_new)
        if not isinstance(letter, IntakeLetter):
            raise NotFound
        _count(letter, is_new=letter.received_at == command.letter.received_at)
        return letter

    async def _divert(self, number: str, threshold: Threshold) -> Warned:
        content = self._content()
        if content.form is not None:
            with suppress(BadValue, NotFound):
                content = replace(content, form=await self._with_files(content.form, number))
        detected = DetectedEmergency(self.triaged, self.owner, self.body.place.city, content)
        diversion = await self.desk.diversions.divert(
            number, detected, threshold=threshold, request=(self.record, self.digest)
        )
        return warning_of(number, diversion)

    def _content(self) -> DivertedContent:
        """All that the desk needs, even if the letter lacks something that it would need."""
        body, place = self.body, self.body.place
        content = DivertedContent(
            body.lang,
            Place(city=place.city, district=place.district),
            words=LetterText(subject=body.subject, body=body.body, place_detail=place.detail),
        )
        with suppress(Refused):
            identity, contact = who_writes(self.person, body, given=body.writer)
            content = replace(content, contact=contact, identity=identity)
            letter = self._command().letter
            words = letter.words if isinstance(letter.words, LetterText) else content.words
            form = letter.model_copy(update={"words": None, "contact": None, "identity": None})
            content = replace(content, words=words, form=form)
        return content

    async def _check_explained(self) -> None:
        """Refuse a crime report or a matter of others until its writer knows where to turn.

        Raises: Warned.
        """
        kind = self.triaged.class_
        if kind not in ("crime_report", "not_police") or self.body.send_anyway == kind:
            return
        if not await self.desk.numbers.has_drawn(self.record):
            metrics.EXPLAINED.labels(kind).inc()
            city, stations = self.body.place.city, self.desk.stations
            raise explained(kind, self.triaged, city=city, stations=stations)

    async def _check_matter(self) -> None:
        """Refuse a letter that its writer has sent already, unless it is sent anyway.

        Not at a counter, whose staff may not learn of other letters.

        Raises: SameMatter.
        """
        if self.body.send_anyway is not None or self.entered is not None:
            return
        alike = await own_letters_like(self.desk, self.person, body=self.body)
        if alike and not await self.desk.numbers.has_drawn(self.record):
            metrics.SAME_MATTER.inc()
            raise SameMatter(next(iter(alike)))

    async def _with_files(self, letter: LetterSubmitted, number: str) -> LetterSubmitted:
        """The letter with its files, which belong to that letter or diversion from now on.

        Raises: BadValue, NotFound.
        """
        if not self.body.files:
            return letter
        files = await self.desk.files.attachments(
            self.desk.owner(self.person), self.body.files, letter=number
        )
        return letter.model_copy(update={"attachments": files})

    async def _check_files(self) -> None:
        """Refuse files that the letter can't have before it gets a number.

        Raises: BadValue, NotFound.
        """
        if self.body.files:
            has_number = await self.desk.numbers.has_drawn(self.record)
            owner = self.desk.owner(self.person)
            await self.desk.files.check(owner, self.body.files, has_number=has_number)

    async def _check_room(self) -> None:
        """Raises: Backlogged."""
        if self.desk.backlog.is_full and not await self.desk.numbers.has_drawn(self.record):
            metrics.TURNED_AWAY.inc()
            raise Backlogged

    async def _counted_and_drawn(self, limit: SenderLimit | None) -> DrawnNumber:
        """The number, drawn while the letter is counted against its sender's limit.

        A repeated submission is answered again, however many letters came since. A number drawn
        before doesn't prove one, because its letter may have been refused then.

        Raises: RateLimited, IdReused.
        """
        if limit is None:
            return await self._draw()
        try:
            counted = limit.begin()
        except RateLimited:
            if not await self._is_stored():
                raise
            return await self._draw()
        try:
            drawn = await self._draw()
            try:
                await limit.show(counted)
            except RateLimited:
                if drawn.is_new or not await self._is_stored():
                    raise
        finally:
            counted.counts.cancel()
        return drawn

    async def _draw(self) -> DrawnNumber:
        """Raises: IdReused."""
        return await self.desk.numbers.draw(self.record, request=self.digest)

    async def _is_stored(self) -> bool:
        """Whether this submission has become a letter or a diversion before."""
        if not await self.desk.numbers.has_drawn(self.record):
            return False
        return await self.desk.letters.state((await self._draw()).number) is not None


def triage_of(desk: FrontDesk, body: NewLetter) -> TriageResult:
    """Triage of the letter; a call for help typed as its place counts as well.

    The name of a place alone, such as a reservoir's, is no sign of an emergency.
    """
    letter = desk.triage(
        Written(
            body.subject,
            body.body,
            category=body.category,
            city=body.place.city,
            addressed_to=body.addressed_to,
            is_about_police=body.about is not None,
        )
    )
    if letter.threshold == "stop" or not body.place.detail:
        return letter
    place = desk.triage(Written("", body.place.detail, city=body.place.city))
    return place if place.threshold == "stop" else letter


def submit_command(
    person: Person,
    body: NewLetter,
    *,
    triaged: TriageResult,
    owner: str,
    received_at: datetime,
    came_in: LetterEntry = UNREGISTERED,
) -> SubmitLetter:
    """The command that submits `body`, with own values marked. Raises: BadValue, LimitReached."""
    identity, contact = who_writes(person, body, given=body.writer)
    salt = token_hex(16)
    text = LetterText(
        subject=body.subject, body=body.body, place_detail=body.place.detail, salt=salt
    )
    return SubmitLetter(
        owner,
        LetterSubmitted(
            received_at=received_at,
            channel=channel_of(came_in.entry),
            entry=came_in.entry,
            lang=body.lang,
            category=body.category,
            addressed_to=body.addressed_to or came_in.city,
            place=Place(city=body.place.city, district=body.place.district),
            about=About(**body.about.model_dump()) if body.about else None,
            on_behalf=body.on_behalf,
            writer=writer_facts(person, body, today=civil_date(received_at)),
            consent_to_publish=body.consent_to_publish,
            notice_version=body.notice_version,
            text_sha256=text_digest(body.subject, body.body, salt=salt),
            triage=Triage(
                class_=triaged.class_,
                threshold=triaged.threshold,
                reasons=triaged.evidence[:MOST_REASONS],
            ),
            words=marked(text, own_values(identity, contact)),
            contact=contact,
            identity=identity,
        ),
    )


def writer_facts(person: Person, body: NewLetter, *, today: date) -> WriterFacts | None:
    """What handlers must know of the writer; None of adults who write for themselves."""
    facts = WriterFacts(
        age_group=age_group_of(person, today),
        guardian_consent=body.writer.guardian is not None,
        on_behalf=body.on_behalf,
        acting_as=body.writer.acting_as,
    )
    return None if facts == NO_FACTS else facts


def age_group_of(person: Person, today: date) -> AgeGroup | None:
    """Whether the person is a minor that day, by the document's number or the sign-in."""
    born = born_on(person.document_type, person.id_number or "") or person.birthdate
    return age_group(born, today)


def who_writes(
    person: Person, body: NewLetter | NewContact, *, given: WriterGiven = NOTHING_GIVEN
) -> tuple[Identity, Contact]:
    """The identity of the sign-in, and how to reach the writer.

    `given`: who agrees, and for whom the letter is. Raises: BadValue.
    """
    ways = body.contact
    phone = ways.phone or person.phone
    if not (person.name and person.id_number and phone):
        raise BadValue("contact.phone")
    try:
        identity = Identity(
            name=person.name,
            id_number=person.id_number,
            phone=person.phone or phone,
            address=body.address,
            document_type=person.document_type,
            guardian=Guardian(**given.guardian.model_dump()) if given.guardian else None,
            helped=HelpedPerson(**given.helped.model_dump()) if given.helped else None,
        )
        return identity, Contact(phone=phone, email=ways.email, wechat=ways.wechat)
    except ValidationError:
        raise BadValue("what the sign-in says of the person") from None


def _count(letter: IntakeLetter, *, is_new: bool) -> None:
    if is_new:
        metrics.SUBMITTED.labels(letter.channel, letter.category).inc()
        metrics.ENTERED.labels(letter.entry or "none").inc()
    else:
        metrics.REPEATED.inc()
