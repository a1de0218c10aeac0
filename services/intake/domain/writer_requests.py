"""What became of the writer's requests? Kept as sent, done or refused. Pure."""

from dataclasses import replace
from typing import Any

from services.intake.domain.conversation import File, Request, RequestKind
from services.intake.domain.letter import Letter
from shared.contracts.submitted_v1 import (
    AdditionSubmitted,
    AnswerSubmitted,
    AppealRequested,
    RatingSubmitted,
    ReopeningRequested,
    WithdrawalRequested,
)
from shared.contracts.values import Attachment
from shared.contracts.vocabulary import RequestRefusal
from shared.contracts.words import Comment, WriterText

KINDS: dict[type[Any], RequestKind] = {
    AnswerSubmitted: "answer",
    AdditionSubmitted: "addition",
    RatingSubmitted: "rating",
    ReopeningRequested: "reopening",
    AppealRequested: "appeal",
    WithdrawalRequested: "withdrawal",
}
"""Of every event of ours that is a request."""


def asked(letter: Letter, event: Any) -> Letter:
    """The letter with one more request that was sent to the router."""
    request = Request(
        event.request_id,
        KINDS[type(event)],
        words=_said(getattr(event, "words", None)),
        question=getattr(event, "question", None),
    )
    files = with_files(letter.files, getattr(event, "attachments", ()))
    return replace(letter, requests=(*letter.requests, request), files=files)


def settled(letter: Letter, *kinds: RequestKind, is_late: bool = False) -> Letter:
    """The oldest open request of one of these kinds is done."""
    waiting = next(
        (one for one in letter.requests if one.kind in kinds and one.status == "sent"), None
    )
    if waiting is None:
        return letter
    return _with(letter, replace(waiting, status="done", is_late=is_late))


def refused(letter: Letter, request_id: str, *, code: RequestRefusal) -> Letter:
    """The router has said no to that request."""
    waiting = next((one for one in letter.requests if one.request_id == request_id), None)
    if waiting is None:
        return letter
    return _with(letter, replace(waiting, status="refused", code=code))


def with_files(files: tuple[File, ...], came: tuple[Attachment, ...]) -> tuple[File, ...]:
    """The files of a letter once these came with it."""
    return (*files, *(File(one.id, one.type, one.size) for one in came))


def _said(words: object) -> WriterText | None:
    """What the writer said, in one kind of words whatever it was said about."""
    if isinstance(words, Comment):
        return WriterText(text=words.text, own_spans=words.own_spans)
    return words if isinstance(words, WriterText) else None


def _with(letter: Letter, request: Request) -> Letter:
    return replace(
        letter,
        requests=tuple(
            request if one.request_id == request.request_id else one for one in letter.requests
        ),
    )
