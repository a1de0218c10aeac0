"""Triage of requests that are refused before a rule reads their words.

A missing field, a bad key, an expired sign-in or a body that is too long must not hide an
emergency: the problem gets the member `emergency`, and the duty desk gets the words where the
sign-in is valid.
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

from services.intake.api.bodies import ContactDetails, NewContact
from services.intake.api.dependencies import Desk, who_writes
from services.intake.api.diversion_recording import Catch, telling_if_not_kept
from services.intake.api.request_text import RequestText, text_of_request
from services.intake.api.warnings import EmergencyShown, NotKept, lines_for, shown_to_writer
from services.intake.domain.diversion import DivertedContent
from services.intake.domain.letter import IntakeLetter
from shared.contracts.values import Place
from shared.contracts.vocabulary import Threshold
from shared.contracts.words import MAX_SUBJECT, Contact, Identity, LetterText
from shared.kernel.errors import BadValue, NotAllowed, NotFound, Refused
from shared.platform.gate import MAX_BODY
from shared.platform.identity import NotSignedIn, citizen
from shared.platform.jwks import KeysUnavailable
from shared.platform.problems import MEDIA_TYPE
from shared.platform.tokens import Person
from shared.rules.triage import Triaged
from shared.rules.written import Written

PATHS: Final = re.compile(
    r"/v1/letters(?:/(?P<letter>[^/]+)/(?:answer|addition|rating|reopening|appeal))?"
)
"""Where citizens send words."""
PATIENCE_S: Final = 5.0
"""Within which the beginning of a body must come that the gate refused unread."""
CITIZEN: Final = citizen()


class EmergencyGuard:
    """The layer around the gate. It changes only problems without lines of their own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through."""
        path = PATHS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if path is None or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        sent, answer = _Sent(receive), _Answer(send)
        await self._app(scope, sent, answer)
        if answer.start is not None:
            emergency = await _emergency(scope, sent, path["letter"], answer.problem)
            await answer.finish(answer.start, emergency)


class _Sent:
    """The body as it is received, remembered up to the gate's limit."""

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
        """What came; where nobody has asked for any of it, its beginning."""
        if not self._parts:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    while not self._is_whole and self._size < MAX_BODY:
                        await self()
        return b"".join(self._parts)[:MAX_BODY]


class _Answer:
    """Sends on, and holds back a problem."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._body = b""
        self.start: Message | None = None
        """Of the problem that is held back."""

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
        """Send the problem that was held back, with that member."""
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
    scope: Scope, sent: _Sent, letter: str | None, problem: dict[str, Any]
) -> EmergencyShown | None:
    """What the writer is shown beside the problem; None without signs of an emergency."""
    if "lines" in problem:
        return None
    desk: Desk = scope["app"].state.desk
    text = text_of_request(await sent.content())
    for body in text.pieces:
        said = desk.triage(Written(text.subject, body, city=text.city))
        if said.threshold is not None:
            found = _Found(desk, text, body, said, letter)
            return await found.shown(await _person(scope), said.threshold)
    return None


async def _person(scope: Scope) -> Person | None:
    """Whose sign-in came with the request; None where it doesn't hold."""
    with suppress(NotSignedIn, NotAllowed, KeysUnavailable):
        return await CITIZEN(Request(scope))
    return None


@dataclass(frozen=True, slots=True)
class _Found:
    """Signs of an emergency in what was refused."""

    desk: Desk
    text: RequestText
    body: str = field(repr=False)
    """The piece of the text with the signs."""
    said: Triaged
    letter: str | None
    """The letter that the request was about, as its path says."""

    async def shown(self, person: Person | None, threshold: Threshold) -> EmergencyShown:
        """What its writer is shown; with a valid sign-in the duty desk has it by then."""
        if person is not None:
            with suppress(Refused):
                return await self._diverted(person, threshold)
        lines = lines_for(self.said, self.text.city)
        return EmergencyShown(detail=NotKept.detail, lines=lines)

    async def _diverted(self, person: Person, threshold: Threshold) -> EmergencyShown:
        """The same words of the same writer are one diversion. Raises: NotKept."""
        desk, text = self.desk, self.text
        digest = desk.blind.of("content", f"{text.subject}\n{self.body}")
        record = desk.blind.of("refused", person.sub, digest)
        async with telling_if_not_kept(self.said, text.city):
            number = await desk.numbers.number(record, request=digest, kind="diversion")
            catch = await self._catch(person)
        diversion = await desk.catching.divert(
            number, catch, threshold=threshold, request=(record, digest)
        )
        return shown_to_writer(number, diversion)

    async def _catch(self, person: Person) -> Catch:
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
        caught = DivertedContent(text.lang, place, words=words, contact=contact, identity=identity)
        owner = self.desk.owner(person)
        return Catch(self.said, owner, place.city, caught, found_in=number)

    async def _letter(self, person: Person) -> tuple[str, IntakeLetter] | None:
        """The letter that it was about, where it is the writer's own."""
        with suppress(NotFound):
            return await self.desk.own_letter(person, self.letter or "")
        return None


def _who(person: Person, phone: str | None) -> tuple[Identity | None, Contact | None]:
    """Who writes, as far as the sign-in says it; `phone` as the request has it."""
    for given in (phone, None):
        with suppress(ValidationError, BadValue):
            return who_writes(person, NewContact(contact=ContactDetails(phone=given)))
    return None, None
