"""The routes by which writers ask: each is sent to the router, and the letter shows its outcome.

Words that may tell of an emergency come to the duty desk first; the answer says whom to call.
"""

from fastapi import APIRouter, status

from services.intake.api.asker import Asking
from services.intake.api.bodies import NewAnswer, NewRating, NewText, NewWithdrawal
from services.intake.api.letters_schemas import Asked
from services.intake.api.warnings import warned
from services.intake.domain.writer_requests import (
    RequestAppeal,
    RequestReopening,
    RequestWithdrawal,
    SubmitAddition,
    SubmitAnswer,
    SubmitRating,
)
from shared.contracts.words import Comment, WriterText

router = APIRouter()

SENT = status.HTTP_202_ACCEPTED


@router.post("/{letter}/answer", status_code=SENT, responses=warned())
async def answer(letter: str, body: NewAnswer, asker: Asking) -> Asked:
    """Answer what the bureau has asked. Too late for that, it is put to the letter all the same."""
    words = WriterText(text=body.text)
    return await asker.ask_in_words(
        letter,
        "answer",
        body=body,
        text=body.text,
        make=lambda owner, name: SubmitAnswer(owner, name, body.question, words),
    )


@router.post("/{letter}/addition", status_code=SENT, responses=warned())
async def add(letter: str, body: NewText, asker: Asking) -> Asked:
    """Send something more, unasked."""
    words = WriterText(text=body.text)
    return await asker.ask_in_words(
        letter,
        "addition",
        body=body,
        text=body.text,
        make=lambda owner, name: SubmitAddition(owner, name, words),
    )


@router.post("/{letter}/rating", status_code=SENT, responses=warned())
async def rate(letter: str, body: NewRating, asker: Asking) -> Asked:
    """Ask to have the reply rated; `requests` of the letter shows whether it was."""
    words = Comment(text=body.comment) if body.comment else None
    return await asker.ask_in_words(
        letter,
        "rating",
        body=body,
        text=body.comment or "",
        make=lambda owner, name: SubmitRating(owner, name, body.solved, body.score, words),
    )


@router.post("/{letter}/reopening", status_code=SENT, responses=warned())
async def reopen(letter: str, body: NewText, asker: Asking) -> Asked:
    """Ask to have the letter answered once more, and say why."""
    words = WriterText(text=body.text)
    return await asker.ask_in_words(
        letter,
        "reopening",
        body=body,
        text=body.text,
        make=lambda owner, name: RequestReopening(owner, name, words),
    )


@router.post("/{letter}/appeal", status_code=SENT, responses=warned())
async def appeal(letter: str, body: NewText, asker: Asking) -> Asked:
    """Appeal against a refusal, and say why."""
    words = WriterText(text=body.text)
    return await asker.ask_in_words(
        letter,
        "appeal",
        body=body,
        text=body.text,
        make=lambda owner, name: RequestAppeal(owner, name, words),
    )


@router.post("/{letter}/withdrawal", status_code=SENT)
async def withdraw(letter: str, body: NewWithdrawal, asker: Asking) -> Asked:
    """Ask to take the letter back; `requests` of the letter shows whether it was."""
    return await asker.ask(
        letter,
        "withdrawal",
        body=body,
        make=lambda owner, name: RequestWithdrawal(owner, name, body.reason),
    )
