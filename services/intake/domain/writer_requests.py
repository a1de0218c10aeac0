"""Requests of writers: intake sends them to the router, which decides, and records the outcome.

The router answers requests in the order in which they were made, so a fact settles the oldest
open one of its kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, TypeAlias

from services.intake.domain.files import check_room
from services.intake.domain.letter import IntakeLetter, RequestKind, WriterRequest, check_owner
from services.intake.domain.pii_spans import marked_for
from services.intake.domain.submission import letter_files
from shared.contracts import submitted_v1
from shared.contracts.event import Event
from shared.contracts.values import Attachment
from shared.contracts.vocabulary import RequestRefusal, WithdrawalReason
from shared.contracts.words import Comment, WriterText
from shared.kernel.errors import LimitReached

MOST_REQUESTS = 50
"""Requests about one letter, so that its document stays small."""
MOST_ADDITIONS = 20
"""Additions among them: there must be room left to appeal or to withdraw."""


@dataclass(frozen=True)
class SubmitAnswer:
    """Answer a question of the bureau."""

    owner: str
    request_id: str
    question: int
    words: WriterText
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class SubmitAddition:
    """Send something more, unasked or late."""

    owner: str
    request_id: str
    words: WriterText
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class SubmitRating:
    """Ask the router to record a rating of the reply."""

    owner: str
    request_id: str
    solved: bool
    score: int
    """1 to 5, 5 is best."""
    words: Comment | None


@dataclass(frozen=True)
class RequestReopening:
    """Ask for another reply; the words say why."""

    owner: str
    request_id: str
    words: WriterText


@dataclass(frozen=True)
class RequestAppeal:
    """Appeal against a refusal; the words say why."""

    owner: str
    request_id: str
    words: WriterText


@dataclass(frozen=True)
class RequestWithdrawal:
    """Ask to withdraw the letter."""

    owner: str
    request_id: str
    reason: WithdrawalReason


RequestCommand: TypeAlias = (
    SubmitAnswer
    | SubmitAddition
    | SubmitRating
    | RequestReopening
    | RequestAppeal
    | RequestWithdrawal
)

KINDS: Mapping[type[Event], RequestKind] = MappingProxyType(
    {
        submitted_v1.AnswerSubmitted: "answer",
        submitted_v1.AdditionSubmitted: "addition",
        submitted_v1.RatingSubmitted: "rating",
        submitted_v1.ReopeningRequested: "reopening",
        submitted_v1.AppealRequested: "appeal",
        submitted_v1.WithdrawalRequested: "withdrawal",
    }
)
"""The kind of request that each event records."""


def request(command: RequestCommand, letter: IntakeLetter) -> tuple[Event]:
    """The request as it goes to the router, with the writer's own values marked in its words.

    Raises: NotFound, for somebody else's letter; LimitReached.
    """
    check_owner(letter, command.owner)
    _check_room(command, letter)
    return (_event(command, letter),)


def requested(letter: IntakeLetter, event: Any) -> IntakeLetter:
    """The letter with one more request that was sent to the router."""
    sent = WriterRequest(
        event.request_id,
        KINDS[type(event)],
        words=_writer_text(getattr(event, "words", None)),
        question=getattr(event, "question", None),
    )
    files = letter_files(getattr(event, "attachments", ()))
    return replace(letter, requests=(*letter.requests, sent), files=(*letter.files, *files))


def settled(letter: IntakeLetter, *kinds: RequestKind, is_late: bool = False) -> IntakeLetter:
    """The letter with its oldest open request of these kinds done."""
    waiting = next(
        (each for each in letter.requests if each.kind in kinds and each.status == "sent"), None
    )
    if waiting is None:
        return letter
    return _with(letter, replace(waiting, status="done", is_late=is_late))


def refused(letter: IntakeLetter, request_id: str, *, code: RequestRefusal) -> IntakeLetter:
    """The letter with that request refused."""
    waiting = next((each for each in letter.requests if each.request_id == request_id), None)
    if waiting is None:
        return letter
    return _with(letter, replace(waiting, status="refused", code=code))


def _check_room(command: RequestCommand, letter: IntakeLetter) -> None:
    additions = sum(each.kind == "addition" for each in letter.requests)
    is_one_more = isinstance(command, SubmitAddition) and additions >= MOST_ADDITIONS
    if is_one_more or len(letter.requests) >= MOST_REQUESTS:
        raise LimitReached
    if isinstance(command, SubmitAnswer | SubmitAddition):
        check_room(letter, len(command.files))


def _event(command: RequestCommand, letter: IntakeLetter) -> Event:
    name = command.request_id
    match command:
        case SubmitAnswer(question=question, words=words, files=files):
            words = marked_for(letter, words)
            return submitted_v1.AnswerSubmitted(
                request_id=name, question=question, attachments=files, words=words
            )
        case SubmitAddition(words=words, files=files):
            words = marked_for(letter, words)
            return submitted_v1.AdditionSubmitted(request_id=name, attachments=files, words=words)
        case SubmitRating(solved=solved, score=score, words=comment):
            comment = marked_for(letter, comment) if comment else None
            return submitted_v1.RatingSubmitted(
                request_id=name, solved=solved, score=score, words=comment
            )
        case RequestReopening(words=words):
            return submitted_v1.ReopeningRequested(request_id=name, words=marked_for(letter, words))
        case RequestAppeal(words=words):
            return submitted_v1.AppealRequested(request_id=name, words=marked_for(letter, words))
        case RequestWithdrawal(reason=reason):
            return submitted_v1.WithdrawalRequested(request_id=name, reason=reason)


def _writer_text(words: object) -> WriterText | None:
    """The words in one type, whatever request they came with."""
    if isinstance(words, Comment):
        return WriterText(text=words.text, own_spans=words.own_spans)
    return words if isinstance(words, WriterText) else None


def _with(letter: IntakeLetter, changed: WriterRequest) -> IntakeLetter:
    return replace(
        letter,
        requests=tuple(
            changed if each.request_id == changed.request_id else each for each in letter.requests
        ),
    )
