"""Triage of requests that are refused before a rule reads their words.

A missing field, a bad key, an expired sign-in or a body that is too long must not hide an
emergency: the problem gets the member `emergency`, and the duty desk gets the words if the sign-in
is valid.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from pydantic import ValidationError
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.intake.api.dependencies import FrontDesk
from services.intake.api.diversion_recording import DetectedEmergency, raising_not_kept
from services.intake.api.letter_submission import who_writes
from services.intake.api.letters_schemas import ContactDetails
from services.intake.api.request_text import RequestText, text_of_request
from services.intake.api.requests_schemas import NewContact
from services.intake.api.warnings import EmergencyShown, NotKept, emergency_shown, lines_for
from services.intake.domain.diversion import DivertedContent
from services.intake.domain.letter import IntakeLetter
from shared.contracts.values import Place
from shared.contracts.vocabulary import Threshold
from shared.contracts.words import MAX_SUBJECT, Contact, Identity, LetterText
from shared.kernel.errors import BadValue, NotAllowed, NotFound, Refused
from shared.platform.http.identity import NotSignedIn, citizen
from shared.platform.http.jwks import KeysUnavailable
from shared.platform.http.problems import MEDIA_TYPE
from shared.platform.http.request_guard import MAX_BODY
from shared.platform.http.tokens import Person
from shared.rules.classify.triage import TriageResult
from shared.rules.text.written import Written

PATHS: Final = re.compile(
    r"/v1/letters(?:/(?P<letter>[^/]+)/(?:answer|addition|rating|reopening|appeal))?"
)
"""Where citizens send words."""
PATIENCE_S: Final = 5.0
"""How long to wait for the beginning of a body that was refused unread."""
CITIZEN: Final = citizen()


class EmergencyGuardMiddleware:
    """The outermost middleware. It changes only problems without lines of their own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        path = PATHS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if path is None or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        body, response = _BodyRecorder(receive), _HeldResponse(send)
        await self._app(scope, body, response)
        if response.start is not None:
            emergency = await _emergency(scope, body, path["letter"], response.problem)
            await response.finish(response.start, emergency)


class _BodyRecorder:
    """Records the body as it is received, up to the size limit."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._parts: list[bytes] = []
        self._size = 0
        self._is_whole = False

    async def __call__(self) -> Message:
        message = await self._receive()
        part: bytes = message.get("body", b"")
        if self._size < MAX_BODY:
            self._parts.append(part)
        self._size += len(part)
        self._is_whole = not message.get("more_body", False)
        return message

    async def content(self) -> bytes:
        """What was received; its beginning, if nobody has read any of it."""
        if not self._parts:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    while not self._is_whole and self._size < MAX_BODY:
                        await self()
        return b"".join(self._parts)[:MAX_BODY]


class _HeldResponse:
    """Passes responses on, but holds a problem back."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._body = b""
        self.start: Message | None = None
        """Start message of the problem that is held back."""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message):
            self.start = message
        elif self.start is not None:
            self._body += message.get("body", b"")
        else:
            await self._send(message)

    @property
    def problem(self) -> dict[str, Any]:
        """The problem that is held back."""
        content: dict[str, Any] = orjson.loads(self._body)
        return content

    async def finish(self, start: Message, emergency: EmergencyShown | None) -> None:
        """Send the problem that was held back, with the emergency in it."""
        if emergency is not None:
            shown = {**self.problem, "emergency": emergency.model_dump(exclude_none=True)}
            self._body = orjson.dumps(shown)
        length = (b"content-length", str(len(self._body)).encode())
        headers = [each for each in start["headers"] if each[0] != length[0]]
        await self._send({**start, "headers": [*headers, length]})
        await self._send({"type": "http.response.body", "body": self._body})


def _is_problem(start: Message) -> bool:
    return (b"content-type", MEDIA_TYPE.encode()) in start["headers"]


async def _emergency(
    scope: Scope, body: _BodyRecorder, letter: str | None, problem: dict[str, Any]
) -> EmergencyShown | None:
    """What the writer sees besides the problem; None without signs of an emergency."""
    if "lines" in problem:
        return None
    desk: FrontDesk = scope["app"].state.desk
    text = text_of_request(await body.content())
    refused = refused_emergency(desk, text, letter=letter)
    return None if refused is None else await refused.shown(await _person(scope))


def refused_emergency(
    desk: FrontDesk, text: RequestText, *, letter: str | None = None
) -> RefusedEmergency | None:
    """The emergency in words that were not accepted; None without signs of one.

    `letter`: its number, if the words are about a letter.
    """
    for piece in text.pieces:
        triaged = desk.triage(Written(text.subject, piece, city=text.city))
        if triaged.threshold is not None:
            return RefusedEmergency(desk, text, piece, triaged, letter, triaged.threshold)
    return None


async def _person(scope: Scope) -> Person | None:
    """The person who is signed in; None without a valid sign-in."""
    with suppress(NotSignedIn, NotAllowed, KeysUnavailable):
        return await CITIZEN(Request(scope))
    return None


@dataclass(frozen=True, slots=True)
class RefusedEmergency:
    """A refused request with signs of an emergency."""

    desk: FrontDesk
    text: RequestText
    body: str = field(repr=False)
    """The piece of the text with the signs."""
    triaged: TriageResult
    letter: str | None
    """The letter in the path of the request."""
    threshold: Threshold

    async def shown(self, person: Person | None) -> EmergencyShown:
        """What the writer sees; with a valid sign-in the duty desk has the words by then."""
        if person is not None:
            with suppress(Refused):
                return await self._diverted(person)
        lines = lines_for(self.triaged, self.text.city)
        return EmergencyShown(detail=NotKept.detail, lines=lines)

    async def _diverted(self, person: Person) -> EmergencyShown:
        """The same words of the same writer are one diversion. Raises: NotKept."""
        desk, text = self.desk, self.text
        digest = desk.blind.of("content", f"{text.subject}\n{self.body}")
        record = desk.blind.of("refused", person.sub, digest)
        async with raising_not_kept(self.triaged, text.city):
            number = await desk.numbers.number(record, request=digest, kind="diversion")
            detected = await self._detected(person)
        diversion = await desk.diversions.divert(
            number, detected, threshold=self.threshold, request=(record, digest)
        )
        return emergency_shown(number, diversion)

    async def _detected(self, person: Person) -> DetectedEmergency:
        text, about = self.text, await self._letter(person)
        if about is None:
            number, place = None, Place(city=text.city)
            identity, contact = _who(person, text.phone)
        else:
            number, letter = about
            place, identity, contact = letter.place, letter.identity, letter.contact
        words = LetterText(
            subject=(text.subject or self.body)[:MAX_SUBJECT], body=self.body or text.subject
        )
        content = DivertedContent(text.lang, place, words=words, contact=contact, identity=identity)
        owner = self.desk.owner(person)
        return DetectedEmergency(self.triaged, owner, place.city, content, found_in=number)

    async def _letter(self, person: Person) -> tuple[str, IntakeLetter] | None:
        """The letter that it is about, if that is the writer's own."""
        with suppress(NotFound):
            return await self.desk.own_letter(person, self.letter or "")
        return None


def _who(person: Person, phone: str | None) -> tuple[Identity | None, Contact | None]:
    """Identity and contact by the sign-in; `phone` comes from the request."""
    for given in (phone, None):
        with suppress(ValidationError, BadValue):
            return who_writes(person, NewContact(contact=ContactDetails(phone=given)))
    return None, None
