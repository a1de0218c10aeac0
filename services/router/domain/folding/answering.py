"""What is left of a letter after facts of how it is answered. Pure."""

from datetime import datetime
from typing import assert_never

from services.router.domain.folding.groups import Answering
from services.router.domain.folding.talking import said
from services.router.domain.letter import Letter
from services.router.domain.parts import Draft, Pledge
from shared.contracts.progress_v1 import (
    LetterClosed,
    LetterDeclined,
    LetterReplied,
    LetterSigned,
    PublicationProposed,
    ReplySentBack,
    ReplySubmitted,
)
from shared.contracts.values import ClockChange
from shared.contracts.words import Note, ReplyText
from shared.kernel.frozen import replace


def answered(letter: Letter, event: Answering) -> Letter:
    """The letter after a draft, a signature, an answer, or its end."""
    match event:
        case ReplySubmitted():
            return replace(letter, draft=_draft(event), drafts=letter.drafts + 1)
        case LetterSigned():
            return replace(letter, draft=letter.draft and _signed(letter.draft, event))
        case ReplySentBack():
            reasons = ("sent_back",) if event.to_state == "triage" else letter.triage_reasons
            return replace(letter, draft=None, triage_reasons=reasons)
        case LetterReplied():
            return _replied(letter, event)
        case LetterDeclined():
            told = said(letter, event, reply=_text(event.words))
            return replace(told, draft=None, wanted=None)
        case LetterClosed():
            return replace(letter, closed_why=event.why)
        case PublicationProposed():
            return replace(letter, is_proposed=True)
        case _:
            assert_never(event)


def _draft(event: ReplySubmitted) -> Draft:
    return Draft(
        kind=event.kind,
        from_state=event.from_state,
        author=event.by.staff,
        signers=event.signers,
        signed=(event.signed_by,) if event.signed_by else (),
        outcome=event.outcome,
        decline_reason=event.decline_reason,
        finding=event.finding,
        referred_to=event.referred_to,
        where_to_turn=event.where_to_turn,
        commitments=tuple(
            Pledge(one.due_on, one.words if isinstance(one.words, Note) else None)
            for one in event.commitments
        ),
        publication_proposed=event.publication_proposed,
        words=_text(event.words),
    )


def _signed(draft: Draft, event: LetterSigned) -> Draft:
    signed = (*draft.signed, event.by.staff) if event.by.staff else draft.signed
    return replace(draft, signers=draft.signers[1:], signed=signed)


def _replied(letter: Letter, event: LetterReplied) -> Letter:
    told = said(letter, event, reply=_text(event.words))
    return replace(
        told,
        draft=None,
        wanted=None,
        replies=event.reply,
        outcome=event.outcome,
        solved=None,
        is_proposed=letter.is_proposed or event.publication_proposed,
        reopen_until=next(filter(None, map(_passing, event.clocks)), letter.reopen_until),
    )


def _passing(change: ClockChange) -> datetime | None:
    is_rating = change.clock == "rating" and change.change == "started"
    return change.passes_at if is_rating else None


def _text(words: object) -> ReplyText | None:
    return words if isinstance(words, ReplyText) else None
