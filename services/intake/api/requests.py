"""Routes by which writers make requests about a letter, or change what they alone decide.

Requests go to the router, and the letter shows their outcome. Words that may report an emergency
go to the duty desk first; the answer says where to call.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, status

from services.intake import metrics
from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.diversion_recording import DetectedEmergency, raising_not_kept
from services.intake.api.letter_submission import who_writes
from services.intake.api.limited import SenderLimit, limit_of, shows_limits
from services.intake.api.requests_schemas import (
    Asked,
    NewAddition,
    NewAnswer,
    NewConsent,
    NewContact,
    NewRating,
    NewText,
    NewWithdrawal,
)
from services.intake.api.warnings import emergency_shown, warned, warning_of
from services.intake.domain import Command
from services.intake.domain.contact import ChangeContact
from services.intake.domain.diversion import Diversion, DivertedContent
from services.intake.domain.files import check_room
from services.intake.domain.letter import RequestKind
from services.intake.domain.publication_copy import ChangeConsent
from services.intake.domain.writer_requests import (
    RequestAppeal,
    RequestReopening,
    RequestWithdrawal,
    SubmitAddition,
    SubmitAnswer,
    SubmitRating,
)
from services.intake.store import Backlogged
from shared.contracts.values import Attachment
from shared.contracts.words import Comment, WriterText
from shared.kernel.errors import Refused
from shared.platform.http.identity import Citizen
from shared.platform.http.openapi import refuses
from shared.platform.http.parameters import IdempotencyKey, RequestBody
from shared.platform.http.tokens import Person
from shared.rules.text.written import Written

router = APIRouter(prefix="/v1/letters", tags=["letters"])

SENT = status.HTTP_202_ACCEPTED
DONE = status.HTTP_204_NO_CONTENT
CHANGED = refuses(Backlogged()) | shows_limits("requests", on=DONE)
ASKED = warned(Backlogged()) | shows_limits("requests", on=SENT)
WITHDRAWN = refuses(Backlogged()) | shows_limits("requests", on=SENT)


@dataclass(frozen=True, slots=True)
class RequestSender:
    """Sends requests and changes of a writer, each once under its idempotency key."""

    desk: FrontDesk
    person: Person
    key: str
    limit: SenderLimit

    async def ask(
        self,
        letter: str,
        kind: RequestKind,
        *,
        body: RequestBody,
        make: Callable[[str, str], Command],
        is_free: bool = False,
    ) -> Asked:
        """Send the command that `make` makes of owner and request id. Raises: Refused.

        `is_free`: it is accepted whatever the limits and the backlog.
        """
        request_id = await self._tell(letter, kind, body, make, is_free=is_free)
        metrics.REQUESTS.labels(kind).inc()
        return Asked(request_id=request_id)

    async def files(self, letter: str, ids: Sequence[str]) -> tuple[Attachment, ...]:
        """Files of the writer, which belong to the letter from now on.

        Raises: NotFound, BadValue; LimitReached, if the letter can't have so many more.
        """
        if not ids:
            return ()
        number, found = await self.desk.own_letter(self.person, letter)
        check_room(found, len(set(ids) - {file.id for file in found.files}))
        return await self.desk.files.attachments(found.owner, ids, letter=number)

    async def ask_in_words(
        self,
        letter: str,
        kind: RequestKind,
        *,
        body: RequestBody,
        text: str,
        make: Callable[[str, str], Command],
    ) -> Asked:
        """As `ask`; an emergency in `text` goes to the duty desk first, and to the letter too.

        Raises: Refused; Warned, if the desk has the words and the letter can't have them.
        """
        diverted = await self._diverted(letter, kind, body, text)
        try:
            free = diverted is not None
            asked = await self.ask(letter, kind, body=body, make=make, is_free=free)
        except Refused as no:
            if diverted is None:
                raise
            raise warning_of(*diverted, refused=no.code) from no
        if diverted is not None:
            asked.emergency = emergency_shown(*diverted)
        return asked

    async def change(
        self,
        letter: str,
        kind: str,
        *,
        body: RequestBody,
        make: Callable[[str], Command],
        is_free: bool = False,
    ) -> None:
        """Execute the command that `make` makes of the owner, as `ask`. Raises: Refused."""
        await self._tell(letter, kind, body, lambda owner, _: make(owner), is_free=is_free)
        metrics.CHANGES.labels(kind).inc()

    async def _diverted(
        self, letter: str, kind: str, body: RequestBody, text: str
    ) -> tuple[str, Diversion] | None:
        """The diversion of an emergency in the text, or None. Raises: NotFound."""
        number, found = await self.desk.own_letter(self.person, letter)
        city = found.place.city
        triaged = self.desk.triage(Written("", text, category=found.category, city=city))
        if triaged.threshold is None:
            return None
        blind, key = self.desk.blind, self.key.strip('"')
        record = blind.of("diverted", self.person.sub, number, kind, key)
        digest = blind.of("content", body.digest_of())
        async with raising_not_kept(triaged, city):
            drawn = await self.desk.numbers.number(record, request=digest, kind="diversion")
        content = DivertedContent(
            found.lang,
            found.place,
            said=WriterText(text=text),
            contact=found.contact,
            identity=found.identity,
        )
        detected = DetectedEmergency(triaged, found.owner, city, content, found_in=number)
        diversion = await self.desk.diversions.divert(
            drawn, detected, threshold=triaged.threshold, request=(record, digest)
        )
        return drawn, diversion

    async def _tell(
        self,
        letter: str,
        kind: str,
        body: RequestBody,
        make: Callable[[str, str], Command],
        *,
        is_free: bool,
    ) -> str:
        number, found = await self.desk.own_letter(self.person, letter)
        blind, key = self.desk.blind, self.key.strip('"')
        name = f"r-{blind.of('request', self.person.sub, number, kind, key)}"
        digest = blind.of("content", body.digest_of())
        command = make(found.owner, name)
        if is_free:
            await self.desk.tell(number, command, request=(name, digest))
        else:
            await self.limit.take()
            await self.desk.tell_if_room(number, command, request=(name, digest))
        return name


async def _sender(
    person: Citizen,
    key: IdempotencyKey,
    desk: Desk,
    limit: Annotated[SenderLimit, Depends(limit_of("requests"))],
) -> RequestSender:
    return RequestSender(desk, person, key, limit)


Sender = Annotated[RequestSender, Depends(_sender)]


@router.post("/{letter}/answer", status_code=SENT, responses=ASKED)
async def answer_question(letter: str, body: NewAnswer, sender: Sender) -> Asked:
    """Answer the bureau's question. A late answer is filed with the letter as an addition."""
    words, files = WriterText(text=body.text), await sender.files(letter, body.files)
    return await sender.ask_in_words(
        letter,
        "answer",
        body=body,
        text=body.text,
        make=lambda owner, name: SubmitAnswer(owner, name, body.question, words, files),
    )


@router.post("/{letter}/addition", status_code=SENT, responses=ASKED)
async def add_to_letter(letter: str, body: NewAddition, sender: Sender) -> Asked:
    """Send something more, unasked."""
    words, files = WriterText(text=body.text), await sender.files(letter, body.files)
    return await sender.ask_in_words(
        letter,
        "addition",
        body=body,
        text=body.text,
        make=lambda owner, name: SubmitAddition(owner, name, words, files),
    )


@router.post("/{letter}/rating", status_code=SENT, responses=ASKED)
async def rate_reply(letter: str, body: NewRating, sender: Sender) -> Asked:
    """Rate the reply; `requests` of the letter shows whether the rating was accepted."""
    words = Comment(text=body.comment) if body.comment else None
    return await sender.ask_in_words(
        letter,
        "rating",
        body=body,
        text=body.comment or "",
        make=lambda owner, name: SubmitRating(owner, name, body.solved, body.score, words),
    )


@router.post("/{letter}/reopening", status_code=SENT, responses=ASKED)
async def reopen_letter(letter: str, body: NewText, sender: Sender) -> Asked:
    """Ask for another reply, and say why."""
    words = WriterText(text=body.text)
    return await sender.ask_in_words(
        letter,
        "reopening",
        body=body,
        text=body.text,
        make=lambda owner, name: RequestReopening(owner, name, words),
    )


@router.post("/{letter}/appeal", status_code=SENT, responses=ASKED)
async def appeal_against_refusal(letter: str, body: NewText, sender: Sender) -> Asked:
    """Appeal against a refusal, and say why."""
    words = WriterText(text=body.text)
    return await sender.ask_in_words(
        letter,
        "appeal",
        body=body,
        text=body.text,
        make=lambda owner, name: RequestAppeal(owner, name, words),
    )


@router.post("/{letter}/withdrawal", status_code=SENT, responses=WITHDRAWN)
async def withdraw_letter(letter: str, body: NewWithdrawal, sender: Sender) -> Asked:
    """Withdraw the letter; `requests` of the letter shows whether that was accepted."""
    return await sender.ask(
        letter,
        "withdrawal",
        body=body,
        make=lambda owner, name: RequestWithdrawal(owner, name, body.reason),
    )


@router.post("/{letter}/consent", status_code=DONE, responses=CHANGED)
async def change_consent(letter: str, body: NewConsent, sender: Sender) -> None:
    """Allow publication, or withdraw that consent, which takes down what is published.

    A withdrawal is accepted whatever the limits.
    """
    await sender.change(
        letter,
        "consent",
        body=body,
        make=lambda owner: ChangeConsent(owner, body.to_publish),
        is_free=not body.to_publish,
    )


@router.post("/{letter}/contact", status_code=DONE, responses=CHANGED)
async def change_contact(letter: str, body: NewContact, sender: Sender) -> None:
    """Replace the contact details; fields that are left out are removed, except the address."""
    identity, details = who_writes(sender.person, body)
    await sender.change(
        letter,
        "contact",
        body=body,
        make=lambda owner: ChangeContact(owner, details, identity),
    )
